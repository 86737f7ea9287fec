package storetest

import (
	"fmt"
	"iter"
	"time"

	"zhihui/models"
)

// Live is how many of the newest alerts of a History still want somebody, and how many of its orders are not done.
const Live = 200

// History yields so many alerts about cameras of the site, oldest first and evenly spread over the 30 days up to now, each
// fifth with the order that was made from it; nil = none was. All but the newest Live are done with.
func History(site models.Site, alerts int, now time.Time) iter.Seq2[models.Alert, *models.WorkOrder] {
	step := 30 * 24 * time.Hour / time.Duration(max(alerts, 1))
	return func(yield func(models.Alert, *models.WorkOrder) bool) {
		for i := range alerts {
			c := site.Cameras[i*7919%len(site.Cameras)]
			a := alertOf(c, i, now.Add(-step*time.Duration(alerts-i)))
			if i < alerts-Live {
				a.State, a.ResolvedAt = models.AlertResolved, a.OpenedAt.Add(10*time.Minute)
			}
			var order *models.WorkOrder
			if i%5 == 0 {
				order = orderOf(a)
				a.Order = order.ID
			}
			if !yield(a, order) {
				return
			}
		}
	}
}

func alertOf(c models.Camera, i int, at time.Time) models.Alert {
	severities := []models.Severity{models.Blue, models.Yellow, models.Yellow, models.Orange, models.Red}
	id := models.NewID(at)
	return models.Alert{ID: id, Kind: models.Intrusion, Severity: severities[i%len(severities)], State: models.AlertOpen, Area: c.Area, Source: c.ID,
		SourceType: models.FromCamera, Fingerprint: "intrusion/" + id, Why: fmt.Sprintf("%s：有人进入禁区 %d 秒", c.Name, 5+i%60),
		Facts: models.Facts{Zone: "禁区"}, Event: id, Events: 1, OpenEvents: 1, OpenedAt: models.At(at), UpdatedAt: models.At(at), CapturedAt: models.At(at)}
}

func orderOf(a models.Alert) *models.WorkOrder {
	o := models.WorkOrder{ID: a.ID, Alert: a.ID, Kind: a.Kind, Severity: a.Severity, Area: a.Area, Source: a.Source, Why: a.Why, Facts: a.Facts,
		State: models.OrderDispatched, Lamp: models.LampGreen, Assignee: "grid", CreatedAt: a.OpenedAt, UpdatedAt: a.OpenedAt,
		YellowAt: a.OpenedAt.Add(12 * time.Hour), DueAt: a.OpenedAt.Add(24 * time.Hour)}
	if a.State == models.AlertResolved {
		o.State, o.DoneAt = models.OrderClosed, a.ResolvedAt.Add(time.Hour)
	}
	return &o
}
