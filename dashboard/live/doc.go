// Package live sends what happens to browsers as it happens: changes and readings as Server-Sent Events (Feed), and
// pictures as fragmented MP4 over WebSocket for Media Source Extensions (Rooms), passed through without transcoding. A picture
// goes from the subscribed reader through muxer.go into its room (room.go), and from there to each viewer (view.go), who
// begins at the newest key picture.
//
// Overflow: a page whose connection takes nothing for 5 seconds is disconnected; it resumes by its last change id. A viewer
// that is a whole group of pictures behind loses what lies between and goes on at the newest key picture. Nobody's slowness
// reaches the store, a camera or another page.
package live
