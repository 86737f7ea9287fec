package store

import "github.com/uptrace/bun"

type settingRow struct {
	bun.BaseModel `bun:"table:settings"`
	Name          string `bun:",pk"`
	Value         string
}

func (tx *Tx) setting(name string) (string, bool, error) {
	var values []string
	err := tx.db.NewSelect().Table("settings").Column("value").Where("name = ?", name).Scan(tx.ctx, &values)
	if err != nil || len(values) == 0 {
		return "", false, wrap("read setting "+name, err)
	}
	return values[0], true, nil
}

func (tx *Tx) putSetting(name, value string) error {
	_, err := tx.db.NewInsert().Model(&settingRow{Name: name, Value: value}).On("CONFLICT (name) DO UPDATE").Exec(tx.ctx)
	return wrap("write setting "+name, err)
}
