package api

import (
	"cmp"
	"context"
	"slices"

	"zhihui/models"
)

// ListMeasures shows how each camera's stream is now.
func (a *API) ListMeasures(ctx context.Context, _ ListMeasuresRequestObject) (ListMeasuresResponseObject, error) {
	all := a.Ingest.Measures()
	measured := make([]string, len(all))
	for i, m := range all {
		measured[i] = m.Camera
	}
	mine, err := a.seen(ctx).CameraIDs(ctx, measured)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(m models.CameraMeasure) bool { return !mine[m.Camera] })
	slices.SortFunc(all, func(m, n models.CameraMeasure) int { return cmp.Compare(m.Camera, n.Camera) })
	return ListMeasures200JSONResponse{Items: list(all)}, nil
}
