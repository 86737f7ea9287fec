// Package orders takes work orders through their life: who may do which step, what each step needs, what it does to the
// clock, and the lamps that turn as deadlines come. Diagram draws the states. The state, the deadlines and the story are
// rows; nothing is remembered in memory.
//
//	May (who) → machine (what leads where) → one transaction       people's steps
//	Store.DueOrders → lampTurned → one transaction, each second    the clock's
package orders
