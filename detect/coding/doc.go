// Package coding reads of a compressed picture, without decoding it, how much of it is new: its size and its quantiser. An
// encoder that holds a rate makes pictures of one size whatever happens and lets the quantiser give way; one that holds a
// quality lets the size give way; both together tell in either case. Parsing ends at slice_qp_delta.
package coding
