package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"zhihui/models"
)

const (
	pushTokensSetting = "push_tokens"
	maxPushTokens     = 100
)

// PushToken is one source of readings that come over HTTP. Its secret is kept as a hash alone.
type PushToken struct {
	Name      string      `json:"name"`
	CreatedBy string      `json:"created_by"`
	CreatedAt models.Time `json:"created_at"`
}

type keptPushToken struct {
	PushToken
	Hash string `json:"hash"`
}

// CreatePushToken keeps a token of a name, which no other has, with who made it.
func (s *Store) CreatePushToken(ctx context.Context, name, secret, by string) error {
	if !models.ValidID(name) {
		return models.FieldError("name", "%.80q is no name of a token: write 1 to %d of a-z A-Z 0-9 . _ -, not starting with a dot", name, models.MaxID)
	}
	return s.editPushTokens(ctx, func(tx *Tx, all map[string]keptPushToken) error {
		switch _, taken := all[name]; {
		case taken:
			return models.Errorf(models.Conflict, "there is a token %s already: remove it first, or take another name", name)
		case len(all) >= maxPushTokens:
			return models.Errorf(models.Conflict, "there are %d tokens, which is as many as there can be", len(all))
		}
		t := PushToken{Name: name, CreatedBy: by, CreatedAt: tx.now}
		all[name] = keptPushToken{t, hashToken(secret)}
		return tx.Ledger(by, "push_token.create", name, nil, t)
	})
}

// RevokePushToken takes a token back; NotFound when there is none.
func (s *Store) RevokePushToken(ctx context.Context, name, by string) error {
	return s.editPushTokens(ctx, func(tx *Tx, all map[string]keptPushToken) error {
		t, known := all[name]
		if !known {
			return notFound("push token", name)
		}
		delete(all, name)
		return tx.Ledger(by, "push_token.revoke", name, t.PushToken, nil)
	})
}

// PushTokens returns all tokens by name.
func (s *Store) PushTokens(ctx context.Context) ([]PushToken, error) {
	kept, err := s.pushTokens(ctx)
	all := []PushToken{}
	for _, t := range kept {
		all = append(all, t.PushToken)
	}
	slices.SortFunc(all, func(a, b PushToken) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// PushSource returns the name of the token whose secret this is; else an Unauthenticated error.
func (s *Store) PushSource(ctx context.Context, secret string) (string, error) {
	kept, err := s.pushTokens(ctx)
	if err != nil {
		return "", err
	}
	hash := hashToken(secret)
	for t := range maps.Values(kept) {
		if t.Hash == hash {
			return t.Name, nil
		}
	}
	return "", models.Errorf(models.Unauthenticated, "this token does not count, it may have been revoked: zhihui token add makes a new one")
}

func (s *Store) pushTokens(ctx context.Context) (map[string]keptPushToken, error) {
	var values []string
	if err := s.read.NewSelect().Table("settings").Column("value").Where("name = ?", pushTokensSetting).Scan(ctx, &values); err != nil {
		return nil, fmt.Errorf("read the push tokens: %w", err)
	}
	if len(values) == 0 {
		return nil, nil
	}
	return readPushTokens(values[0])
}

func readPushTokens(value string) (all map[string]keptPushToken, err error) {
	if err := json.Unmarshal([]byte(value), &all); err != nil {
		return nil, fmt.Errorf("read the push tokens: %w", err)
	}
	return all, nil
}

func (s *Store) editPushTokens(ctx context.Context, edit func(*Tx, map[string]keptPushToken) error) error {
	return s.Write(ctx, func(tx *Tx) error {
		value, known, err := tx.setting(pushTokensSetting)
		if err != nil {
			return err
		}
		all := map[string]keptPushToken{}
		if known {
			if all, err = readPushTokens(value); err != nil {
				return err
			}
		}
		if err := edit(tx, all); err != nil {
			return err
		}
		after, err := document(all)
		if err != nil {
			return err
		}
		return tx.putSetting(pushTokensSetting, after)
	})
}
