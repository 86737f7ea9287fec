package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"zhihui/models"
	"zhihui/models/sheet"
	"zhihui/models/store"
)

// isSheet tells whether a large body is taken there.
func isSheet(path string) bool { return path == "/cameras/import" || path == "/sensors/import" }

// Bounded bounds the body of each request. A middleware cannot do it: behind gin's ResponseWriter the connection would stay
// open, with the rest of the body in it.
func Bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(MaxBody)
		if r.Method == http.MethodPost && isSheet(strings.TrimPrefix(r.URL.Path, Base)) {
			most = sheet.MaxBytes
		}
		bounded := *r // the server itself must know the body, or it waits for the rest of one that is refused
		bounded.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, &bounded)
	})
}

// ImportCameras adds and edits the cameras of a sheet.
func (a *API) ImportCameras(ctx context.Context, r ImportCamerasRequestObject) (ImportCamerasResponseObject, error) {
	done, err := importSheet(a, r.Body, sheet.ReadCameras, func(edits []models.Edit[models.Camera]) (models.Import, error) {
		return a.seen(ctx).ImportCameras(ctx, edits, caller(ctx).Username, how(r.Params.DryRun, r.Params.Partial))
	})
	return ImportCameras200JSONResponse(done), err
}

// ImportSensors adds and edits the sensors of a sheet.
func (a *API) ImportSensors(ctx context.Context, r ImportSensorsRequestObject) (ImportSensorsResponseObject, error) {
	rules := func(all []models.Rule) error { return a.CheckRules(all, nil, true) }
	done, err := importSheet(a, r.Body, sheet.ReadSensors, func(edits []models.Edit[models.Sensor]) (models.Import, error) {
		return a.seen(ctx).ImportSensors(ctx, edits, caller(ctx).Username, how(r.Params.DryRun, r.Params.Partial), rules)
	})
	return ImportSensors200JSONResponse(done), err
}

// importSheet takes in one sheet at a time: to take one apart needs memory.
func importSheet[T any](a *API, body io.Reader, read func([]byte) (sheet.Sheet[T], error), put func([]models.Edit[T]) (models.Import, error)) (models.Import, error) {
	if !a.importing.TryLock() {
		return models.Import{}, models.Errorf(models.TooMany, "another sheet is being imported, try again in some seconds")
	}
	defer a.importing.Unlock()
	data, err := io.ReadAll(body)
	if err != nil {
		return models.Import{}, fmt.Errorf("read a sheet: %w", err)
	}
	rows, err := read(data)
	if err != nil {
		return models.Import{}, err
	}
	a.editing.Lock()
	defer a.editing.Unlock()
	done, err := put(rows.Edits)
	rows.Locate(done.Faults)
	return done, err
}

// ListImports returns the imports that can be undone.
func (a *API) ListImports(ctx context.Context, _ ListImportsRequestObject) (ListImportsResponseObject, error) {
	all, err := a.seen(ctx).PastImports(ctx, caller(ctx).Username)
	return ListImports200JSONResponse{Items: all}, err
}

// UndoImport makes the cameras or sensors of an import what they were before it.
func (a *API) UndoImport(ctx context.Context, r UndoImportRequestObject) (UndoImportResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	done, err := a.seen(ctx).UndoImport(ctx, r.Id, caller(ctx).Username, how(r.Params.DryRun, r.Params.Partial))
	if err != nil {
		return nil, err
	}
	return UndoImport200JSONResponse(done), nil
}

func how(dryRun, partial *bool) store.ImportHow {
	return store.ImportHow{DryRun: value(dryRun), Partial: value(partial)}
}
