package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhihui/models"
)

const pushPath = "/push"

// admitSource lets in who has a token for pushing. Each has a pace of its own: its devices and the people of its address do not
// wait for each other.
func (a *API) admitSource(c *gin.Context) error {
	secret, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		return cmp.Or(a.strangers.Take("", c.ClientIP()), models.Errorf(models.Unauthenticated, "send the token that zhihui token add has shown: Authorization: Bearer TOKEN"))
	}
	source, err := a.Store.PushSource(c.Request.Context(), secret)
	if err != nil {
		return cmp.Or(a.strangers.Take("", c.ClientIP()), err)
	}
	return a.pushing.Take(source, "")
}

// writtenWithin is how long a push waits for the disk, which has it within a second.
const writtenWithin = 3 * time.Second

// PushPayloads takes what devices and other systems send over HTTP, as if it had come on its MQTT topic, and answers when it is
// on the disk.
func (a *API) PushPayloads(ctx context.Context, r PushPayloadsRequestObject) (PushPayloadsResponseObject, error) {
	answer := PushPayloads200JSONResponse{Unknown: []string{}}
	written := make(chan struct{}, len(r.Body.Messages))
	for i, m := range r.Body.Messages {
		known, err := a.Ingest.Push(ctx, m.Topic, plain(m.Payload), func() { written <- struct{}{} })
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
	return answer, wait(ctx, written, answer.Taken)
}

// wait waits until so many have been written.
func wait(ctx context.Context, written <-chan struct{}, n int) error {
	timer := time.NewTimer(writtenWithin)
	defer timer.Stop()
	for range n {
		select {
		case <-written:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return models.Errorf(models.Unavailable, "the readings are taken and not on the disk yet: send all of it again in a moment if none may be lost")
		}
	}
	return nil
}

// plain is a payload as a device would send it by MQTT: a text without the quotes of JSON.
func plain(payload json.RawMessage) []byte {
	var text string
	if bytes.HasPrefix(payload, []byte(`"`)) && json.Unmarshal(payload, &text) == nil {
		return []byte(text)
	}
	return payload
}
