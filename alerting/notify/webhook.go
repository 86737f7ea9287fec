package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"zhihui/models/store"
)

// mostAnswer bounds what is read of an answer, in bytes.
const mostAnswer = 64 << 10

// hook is one webhook with its own connections.
type hook struct {
	Webhook
	client *http.Client
}

func newTarget(w Webhook) hook {
	return hook{w, newClient(w.timeout())}
}

func (t hook) name() string { return t.Name }

func (t hook) patience() (int, time.Duration) { return mostTries, mostBackoff }

func (hook) most() int { return 1 }

func (t hook) close() { t.client.CloseIdleConnections() }

// newClient follows no redirect: an answer must not send us to another address.
func newClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Sign returns the signature of a body that is sent at the timestamp, as in the header X-Zhihui-Signature.
func Sign(secret, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

func (t hook) deliver(ctx context.Context, rows []store.Notification, now time.Time) (int, error) {
	if err := t.post(ctx, rows[0], now); err != nil {
		return 0, err
	}
	return 1, nil
}

// post makes one try. The error repeats neither the secret nor the URL, which may hold a token of its own.
func (t hook) post(ctx context.Context, n store.Notification, now time.Time) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(n.Payload))
	if err != nil {
		return bareFault(err)
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "zhihui")
	req.Header.Set("Idempotency-Key", n.Key)
	req.Header.Set("X-Zhihui-Timestamp", timestamp)
	req.Header.Set("X-Zhihui-Signature", Sign(t.Secret, timestamp, n.Payload))
	res, err := t.client.Do(req)
	if err != nil {
		return bareFault(err)
	}
	defer res.Body.Close()
	// Only so that the connection can be used again: the status has said all, and a fault here changes nothing of it.
	_, _ = io.CopyN(io.Discard, res.Body, mostAnswer)
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the target answered %s", res.Status)
	}
	return nil
}

func bareFault(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
