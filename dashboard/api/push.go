package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"zhihui/models"
)

// PushPayloads takes what devices and other systems send over HTTP, as if it had come on its MQTT topic.
func (a *API) PushPayloads(ctx context.Context, r PushPayloadsRequestObject) (PushPayloadsResponseObject, error) {
	c := ctx.(*gin.Context)
	secret, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		return nil, models.Errorf(models.Unauthenticated, "send the token that zhihui token add has shown: Authorization: Bearer TOKEN")
	}
	source, err := a.Store.PushSource(ctx, secret)
	if err == nil {
		err = a.pushing.Take(source, "")
	}
	if err != nil {
		return nil, err
	}
	answer := PushPayloads200JSONResponse{Unknown: []string{}}
	for i, m := range r.Body.Messages {
		known, err := a.Ingest.Push(ctx, m.Topic, plain(m.Payload))
		if models.CodeOf(err) == models.Unavailable {
			return nil, &models.Error{Code: models.Unavailable, Field: fmt.Sprintf("messages[%d]", i),
				Message: fmt.Sprintf("readings queue up: wait a moment, then send this message and those behind it again; the %d before it were taken", i)}
		}
		if err != nil {
			return nil, err
		}
		if answer.Taken++; !known {
			answer.Unknown = append(answer.Unknown, m.Topic)
		}
	}
	return answer, nil
}

// plain is a payload as a device would send it by MQTT: a text without the quotes of JSON.
func plain(payload json.RawMessage) []byte {
	var text string
	if bytes.HasPrefix(payload, []byte(`"`)) && json.Unmarshal(payload, &text) == nil {
		return []byte(text)
	}
	return payload
}
