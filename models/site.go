package models

// Site is what a site file declares: everything of a place but its people and its history.
type Site struct {
	Name     string   `json:"name" yaml:"name"`
	TimeZone string   `json:"time_zone" yaml:"time_zone,omitempty"` // IANA name; "" = Asia/Shanghai
	Areas    []Area   `json:"areas" yaml:"areas"`
	Cameras  []Camera `json:"cameras" yaml:"cameras"`
	Sensors  []Sensor `json:"sensors" yaml:"sensors"`
}
