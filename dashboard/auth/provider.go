package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"zhihui/models"
)

const (
	providerPatience = 10 * time.Second // for each answer of the provider
	providerRest     = 5 * time.Second  // after it could not be reached
	maxProviderBody  = 1 << 20
	maxClientSecret  = 4 << 10
)

// provider is an OpenID Connect provider. It is asked for its addresses when somebody first logs in by it, so that the hall
// starts without it.
type provider struct {
	cfg    OIDCConfig
	secret string
	client *http.Client
	now    func() time.Time

	mu       sync.Mutex
	found    *oidc.Provider
	failedAt time.Time
}

// newProvider returns nil when the configuration names none.
func newProvider(cfg OIDCConfig, now func() time.Time) (*provider, error) {
	if cfg.Issuer == "" {
		return nil, nil
	}
	secret := ""
	if cfg.ClientSecretFile != "" {
		b, err := readBounded(cfg.ClientSecretFile)
		if err != nil {
			return nil, models.FieldError("oidc.client_secret_file", "the secret cannot be read: %s", err)
		}
		secret = strings.TrimSpace(string(b))
	}
	client := &http.Client{Timeout: providerPatience, Transport: bounded{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // the configured addresses, no others
	return &provider{cfg: cfg, secret: secret, client: client, now: now}, nil
}

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxClientSecret))
}

// bounded cuts what the provider answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxProviderBody), resp.Body}
	}
	return resp, err
}

// discover returns the provider's addresses and keys, asked for once.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.now().Sub(p.failedAt) < providerRest {
		return nil, p.unavailable(nil)
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.cfg.Issuer)
	if err != nil {
		p.failedAt = p.now()
		return nil, p.unavailable(err)
	}
	p.found = found
	return found, nil
}

// unavailable says that the provider is at fault; the cause is for the log.
func (p *provider) unavailable(cause error) error {
	said := models.Errorf(models.Unavailable, "%s cannot be reached or does not answer as it should: try again later, or log in by password", p.cfg.Name)
	if cause == nil {
		return said
	}
	return fmt.Errorf("%w: %w", said, cause)
}

func (p *provider) oauth(found *oidc.Provider) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID}
	if p.cfg.Claim != "sub" {
		scopes = append(scopes, "profile", "email")
	}
	return &oauth2.Config{ClientID: p.cfg.ClientID, ClientSecret: p.secret, Endpoint: found.Endpoint(), RedirectURL: p.cfg.RedirectURL, Scopes: scopes}
}

// subject redeems the code of a journey and returns whom the provider vouches for.
func (p *provider) subject(ctx context.Context, j journey, code string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	got, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return "", p.refused(err)
	}
	raw, _ := got.Extra("id_token").(string)
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.cfg.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return "", p.refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(j.Nonce)) != 1 {
		return "", p.refused(fmt.Errorf("the nonce is another one"))
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return "", p.refused(err)
	}
	return p.named(claims)
}

// named returns the claim that names a user.
func (p *provider) named(claims map[string]any) (string, error) {
	if azp, ok := claims["azp"].(string); ok && azp != p.cfg.ClientID {
		return "", p.refused(fmt.Errorf("the token was made for another client"))
	}
	if verified, ok := claims["email_verified"].(bool); p.cfg.Claim == "email" && !(ok && verified) {
		return "", p.refused(fmt.Errorf("the mail address is not verified"))
	}
	name, ok := claims[p.cfg.Claim].(string)
	if !ok || name == "" {
		return "", p.refused(fmt.Errorf("the token has no claim %s", p.cfg.Claim))
	}
	return name, nil
}

// refused says that the provider's word does not count; the cause is for the log.
func (p *provider) refused(cause error) error {
	return fmt.Errorf("%w: %w", models.Errorf(models.Unauthenticated, "the login by %s did not work out, begin it again", p.cfg.Name), cause)
}
