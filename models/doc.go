// Package models is the language of Zhihui: the things that every other package talks about, in the words of the
// command hall. It uses the standard library only and does no input or output.
//
// The data goes one way: a Camera gives AccessUnits and a Sensor gives Readings (package ingest); Observations are made
// of them and, by a Rule, Events (package detect); an Event raises an Alert and an Alert a WorkOrder (package alerting);
// each change of any of them is a Change that pages follow (package dashboard).
package models
