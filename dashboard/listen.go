package dashboard

import "net"

// sendBuffer bounds what the kernel keeps for one connection whose other side does not read, in bytes; Linux takes twice
// as much. Left alone it grows to megabytes, and a thousand pages asleep would take gigabytes.
const sendBuffer = 128 << 10

// modest is a listener whose connections have that bound.
type modest struct{ net.Listener }

func (l modest) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if t, ok := c.(*net.TCPConn); ok {
		if err := t.SetWriteBuffer(sendBuffer); err != nil {
			_ = c.Close() // it was gone before we took it
			return l.Accept()
		}
	}
	return c, nil
}
