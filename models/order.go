package models

// OrderState is a step in the life of a work order.
type OrderState string

// The states, in the order in which work goes; on_hold and cancelled stand beside the line.
const (
	OrderReported   OrderState = "reported"
	OrderAccepted   OrderState = "accepted"
	OrderDispatched OrderState = "dispatched"
	OrderInProgress OrderState = "in_progress"
	OrderOnHold     OrderState = "on_hold"
	OrderResolved   OrderState = "resolved"
	OrderFollowUp   OrderState = "follow_up"
	OrderClosed     OrderState = "closed"
	OrderCancelled  OrderState = "cancelled"
)

// Done tells whether nothing more can happen to an order in this state.
func (s OrderState) Done() bool { return s == OrderClosed || s == OrderCancelled }

// OrderAction is what a person does to an order.
type OrderAction string

// The actions; package alerting/orders says from which state to which each leads.
const (
	ActAccept   OrderAction = "accept"
	ActDispatch OrderAction = "dispatch"
	ActStart    OrderAction = "start"
	ActHold     OrderAction = "hold"
	ActResume   OrderAction = "resume"
	ActResolve  OrderAction = "resolve"
	ActFollowUp OrderAction = "follow_up"
	ActClose    OrderAction = "close"
	ActCancel   OrderAction = "cancel"
)

// WorkOrder is what somebody must do by when.
type WorkOrder struct {
	ID        string        `json:"id"`
	Number    int64         `json:"number"` // 1, 2, 3 … for people to say aloud
	Alert     string        `json:"alert"`  // id of the alert it was made from
	Kind      EventKind     `json:"kind"`
	Severity  Severity      `json:"severity"`
	Area      string        `json:"area"`
	Source    string        `json:"source"`
	Why       string        `json:"why"`
	Facts     Facts         `json:"facts"`
	State     OrderState    `json:"state"`
	Lamp      Lamp          `json:"lamp"`
	Assignee  string        `json:"assignee"` // username, "" before dispatch
	DueAt     Time          `json:"due_at"`
	YellowAt  Time          `json:"yellow_at"` // when the lamp turns yellow
	CreatedAt Time          `json:"created_at"`
	UpdatedAt Time          `json:"updated_at"`
	DoneAt    Time          `json:"done_at"`
	Steps     []OrderStep   `json:"steps,omitempty"`   // oldest first; only where one order is asked for
	Actions   []OrderAction `json:"actions,omitempty"` // what can be done now, by the state alone
}

// OrderStep is one step of an order's story.
type OrderStep struct {
	At     Time        `json:"at"`
	By     string      `json:"by"`     // username, or SystemName
	Action OrderAction `json:"action"` // "" for the report that began it
	From   OrderState  `json:"from"`
	To     OrderState  `json:"to"`
	Note   string      `json:"note"`
}
