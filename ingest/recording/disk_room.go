package recording

import "syscall"

// roomOf asks how much there is.
func (d *Disk) roomOf() (r Room, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		return r, err
	}
	size := int64(s.Bsize)
	r = Room{Free: int64(s.Bavail) * size, Total: int64(s.Blocks) * size, WithStore: sameDisk(d.dir, d.storeDir)}
	r.Floor = d.keep.floor(r.Total, r.WithStore)
	return r, nil
}

// measure asks for the room now, between two looks.
func (d *Disk) measure() (r Room, err error) {
	err = d.Do(func() (err error) { r, err = d.roomOf(); return err })
	return r, err
}

// full tells whether the room forbids to write. It may go below the floor while what is old is being deleted, but not below its half;
// once full, it has to be well above: else a disk that stands at its floor would go on and off.
func (r Room) full(starved, was bool) bool {
	switch {
	case was:
		return r.Free < r.Floor+r.Floor/20
	case starved:
		return r.Free < r.Floor
	}
	return r.Free < r.Floor/2
}

// sameDisk tells whether two folders lie on one file system; of one that cannot be asked it is taken as so, which keeps more free.
func sameDisk(a, b string) bool {
	var of [2]syscall.Stat_t
	for i, dir := range []string{a, b} {
		if syscall.Stat(dir, &of[i]) != nil {
			return true
		}
	}
	return of[0].Dev == of[1].Dev
}
