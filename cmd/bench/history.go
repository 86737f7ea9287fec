package main

import (
	"log/slog"
	"time"

	"zhihui/models"
	"zhihui/models/store"
	"zhihui/models/store/storetest"
)

// history writes a month of alerts and orders into the store, before zhihui has it.
func (d *bed) history(alerts int) error {
	cfg := store.DefaultConfig()
	cfg.Dir = d.file("data")
	s, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	type row struct {
		alert models.Alert
		order *models.WorkOrder
	}
	var rows []row
	flush := func() error {
		defer func() { rows = rows[:0] }()
		return s.Write(d.ctx, func(tx *store.Tx) error {
			for _, r := range rows {
				if err := tx.PutAlert(r.alert); err != nil {
					return err
				}
				if r.order == nil {
					continue
				}
				if err := tx.PutOrder(r.order); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for a, o := range storetest.History(d.site, alerts, time.Now()) {
		if rows = append(rows, row{a, o}); len(rows) == 2000 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
