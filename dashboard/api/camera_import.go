package api

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"zhihui/models"
	"zhihui/models/sheet"
	"zhihui/models/store"
)

// importPath is where the one large body is taken: a sheet.
const importPath = "/cameras/import"

// Bounded bounds the body of each request. A middleware cannot do it: behind gin's ResponseWriter the connection would stay
// open, with the rest of the body in it.
func Bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(MaxBody)
		if r.Method == http.MethodPost && r.URL.Path == Base+importPath {
			most = sheet.MaxBytes
		}
		bounded := *r // the server itself must know the body, or it waits for the rest of one that is refused
		bounded.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, &bounded)
	})
}

// ImportCameras adds and edits the cameras of a sheet, one sheet at a time: to take one apart needs memory.
func (a *API) ImportCameras(ctx context.Context, r ImportCamerasRequestObject) (ImportCamerasResponseObject, error) {
	if !a.importing.TryLock() {
		return nil, models.Errorf(models.TooMany, "another sheet is being imported, try again in some seconds")
	}
	defer a.importing.Unlock()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read a sheet: %w", err)
	}
	cameras, err := sheet.ReadCameras(data)
	if err != nil {
		return nil, err
	}
	a.editing.Lock()
	defer a.editing.Unlock()
	done, err := a.seen(ctx).ImportCameras(ctx, cameras.Edits, caller(ctx).Username, how(r.Params.DryRun, r.Params.Partial))
	if err != nil {
		return nil, err
	}
	cameras.Locate(done.Faults)
	return ImportCameras200JSONResponse(done), nil
}

// UndoImport makes the cameras of an import what they were before it.
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
