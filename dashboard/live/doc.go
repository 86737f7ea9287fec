// Package live sends what happens to browsers as it happens: changes and readings as Server-Sent Events (Feed), and
// pictures as fragmented MP4 over WebSocket for Media Source Extensions (Rooms), passed through without transcoding.
//
// Overflow: a page whose connection takes nothing for 5 seconds is disconnected; it resumes by its last change id. A viewer
// that is a whole group of pictures behind loses what lies between and goes on at the newest key picture. Nobody's slowness
// reaches the store, a camera or another page.
package live
