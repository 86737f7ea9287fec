package ingest

import (
	"regexp"
	"strings"
)

// twins are how makers name the large and the small video of one lens. Each pair stands in addresses between what cannot be
// part of a longer name or number.
var twins = [...][2]string{
	{"subtype=0", "subtype=1"},            // Dahua and who builds on it
	{"/main/", "/sub/"},                   // Hikvision, older: /h264/ch1/main/av_stream
	{"/s0/", "/s1/"},                      // Uniview: /unicast/c1/s0/live
	{"/media/video1", "/media/video2"},    // Uniview, older
	{"/stream1", "/stream2"},              // TP-Link and others
	{"Preview_01_main", "Preview_01_sub"}, // Reolink
}

// channel is Hikvision's: the last two digits say which video of the channel it is.
var channel = regexp.MustCompile(`(?i)(/streaming/channels/\d{1,3}0)([12])($|[/?])`)

// twinOf is where the other video of the same lens usually is, from how the maker names the one at address; "" where no
// maker's way is seen. Host and port are always the same.
func twinOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	path = "/" + path
	if m := channel.FindStringSubmatchIndex(path); m != nil {
		other := map[string]string{"1": "2", "2": "1"}[path[m[4]:m[5]]]
		return scheme + "://" + host + path[:m[4]] + other + path[m[5]:]
	}
	for _, pair := range twins {
		for i, name := range pair {
			if at := strings.Index(path, name); at >= 0 && !goesOn(path[at+len(name):], name) {
				return scheme + "://" + host + path[:at] + pair[1-i] + path[at+len(name):]
			}
		}
	}
	return ""
}

// goesOn tells that what was taken for a whole name is the beginning of a longer one, as stream1 is of stream10.
func goesOn(rest, name string) bool {
	return rest != "" && !strings.HasSuffix(name, "/") && !strings.ContainsRune("/?&", rune(rest[0]))
}
