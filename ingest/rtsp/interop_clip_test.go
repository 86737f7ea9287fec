package rtsp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// clip is some video, in the file and by access unit in the order of decoding.
type clip struct {
	codec models.Codec
	files []string // with sound; played one after the other
	units []clipUnit
}

type clipUnit struct {
	nalus [][]byte // parameter sets in front of each key picture
	key   bool
	pts   time.Duration
}

const (
	clipPictures = 30
	clipLength   = clipPictures * 40 * time.Millisecond
)

func makeClips(t *testing.T) map[string]*clip {
	dir := t.TempDir()
	x264 := func(more ...string) []string {
		return append([]string{"-c:v", "libx264", "-preset", "ultrafast"}, more...)
	}
	x265 := func(params string) []string {
		return []string{"-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params", "log-level=error:keyint=12:" + params}
	}
	clips := map[string]*clip{
		"h264":          makeClip(t, filepath.Join(dir, "h264.mp4"), "320x240", x264("-bf", "0")...),
		"b-frames":      makeClip(t, filepath.Join(dir, "b.mp4"), "320x240", x264("-bf", "2", "-x264-params", "scenecut=0:b-adapt=0")...),
		"slices":        makeClip(t, filepath.Join(dir, "slices.mp4"), "320x240", x264("-bf", "0", "-x264-params", "slices=4")...),
		"h265":          makeClip(t, filepath.Join(dir, "h265.mp4"), "320x240", x265("bframes=0")...),
		"h265 b-frames": makeClip(t, filepath.Join(dir, "b265.mp4"), "320x240", x265("bframes=2:b-adapt=0")...),
	}
	small, large := clips["h264"], makeClip(t, filepath.Join(dir, "large.mp4"), "480x360", x264("-bf", "0")...)
	turn := &clip{codec: models.H264, files: slices.Concat(small.files, large.files), units: slices.Clone(small.units)}
	for _, u := range large.units {
		u.pts += clipLength
		turn.units = append(turn.units, u)
	}
	clips["size"] = turn
	return clips
}

func makeClip(t *testing.T, file, size string, coding ...string) *clip {
	run := func(args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		require.NoError(t, err, complaints.String())
		return out
	}
	args := []string{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=rate=25:size=" + size, "-f", "lavfi", "-i", "sine=440"}
	args = append(append(args, coding...), "-g", "12", "-pix_fmt", "yuv420p", "-c:a", "aac", "-t", fmt.Sprint(clipLength.Seconds()), file)
	run(args...)
	c := &clip{codec: models.H264, files: []string{file}}
	name := "h264"
	if slices.Contains(coding, "libx265") {
		c.codec, name = models.H265, "hevc"
	}
	raw := run("ffmpeg", "-v", "error", "-i", file, "-an", "-c", "copy", "-bsf:v", name+"_mp4toannexb,"+name+"_metadata=aud=insert", "-f", name, "-")
	c.units = unitsOf(c.codec, raw)
	times := strings.Fields(string(run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file)))
	require.Len(t, c.units, clipPictures)
	require.Len(t, times, clipPictures)
	for i, text := range times {
		seconds, err := strconv.ParseFloat(strings.Trim(text, ","), 64)
		require.NoError(t, err)
		c.units[i].pts = time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
	}
	return c
}

// unitsOf parts a stream with start codes at its delimiters.
func unitsOf(codec models.Codec, raw []byte) (units []clipUnit) {
	a := assembler{codec: codec}
	for _, nalu := range bytes.Split(raw, []byte{0, 0, 1}) {
		nalu = bytes.TrimRight(nalu, "\x00")
		if len(nalu) == 0 {
			continue
		}
		r := a.role(nalu)
		if r == roleNone {
			units = append(units, clipUnit{})
			continue
		}
		u := &units[len(units)-1]
		u.nalus, u.key = append(u.nalus, nalu), u.key || r == roleKey
	}
	return units
}

// parameters returns the first parameter sets of the clip.
func (c *clip) parameters() (vps, sps, pps []byte) {
	a := assembler{codec: c.codec}
	a.take(slices.Clone(c.units[0].nalus))
	if c.codec == models.H265 {
		vps = a.vps[0]
	}
	return vps, a.sps[0], a.pps[0]
}

// certificate is one that a server of this machine shows, and what vouches for it.
type certificate struct {
	pool      *x509.CertPool
	tls       tls.Certificate
	file, key string
}

func newCertificate(t *testing.T) *certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	dir := t.TempDir()
	c := &certificate{pool: x509.NewCertPool(), file: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	require.NoError(t, os.WriteFile(c.file, public, 0o600))
	require.NoError(t, os.WriteFile(c.key, private, 0o600))
	require.True(t, c.pool.AppendCertsFromPEM(public))
	c.tls, err = tls.X509KeyPair(public, private)
	require.NoError(t, err)
	return c
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// multicastHost is an address of this machine on a network that takes multicast, "" = none.
func multicastHost() string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return ""
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagMulticast == 0 || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, _ := i.Addrs()
		for _, a := range addresses {
			if ip, is := a.(*net.IPNet); is && ip.IP.To4() != nil {
				return ip.IP.String()
			}
		}
	}
	return ""
}
