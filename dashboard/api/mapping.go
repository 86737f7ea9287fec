package api

import "context"

// TryMapping shows what a mapping makes of a payload. Nothing is kept.
func (a *API) TryMapping(_ context.Context, r TryMappingRequestObject) (TryMappingResponseObject, error) {
	try := a.Ingest.Try(r.Body.Mapping, r.Body.Payload)
	try.Paths = list(try.Paths)
	return TryMapping200JSONResponse(try), nil
}
