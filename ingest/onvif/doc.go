// Package onvif finds cameras by ONVIF and asks them what they are and where their streams play. discovery.go is
// WS-Discovery (UDP 3702), search.go puts it together with what each device tells: device.go calls its services, answer.go
// is the shape of what they say, soap.go how they are called, token.go, or package digest, how they are told who asks, and
// address.go which addresses may come out of it.
//
// It turns cameras, too: turner.go takes what people ask of all of them, head.go asks one of them one thing at a time, motion.go
// decides when a movement ends that nobody ends, mount.go finds what turns a camera and ptz.go asks it.
//
// It hears what cameras report by themselves: listener.go has an ear (ear.go) for each device, which listens at a pullpoint.go;
// alarm.go reads what comes there, or as metadata beside the video, and holds the table of topics.
//
// What a device says is not trusted. Whatever address it names, only the host that answered is asked, since cameras behind
// address translation name hosts that nobody can reach and hostile ones name hosts that nobody should; every dial is held to
// models.Reach. Answers, texts and times are bounded. Passwords go out as digests only, and into no address, error or log.
package onvif
