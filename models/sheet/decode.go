package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"zhihui/models"
)

// decode makes text of what Excel writes: UTF-8 or UTF-16 with a byte order mark, plain UTF-8, or GBK (read as GB 18030, of
// which it is a part).
func decode(data []byte) (string, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		from, data = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), data[2:]
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		from, data = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), data[2:]
	case !utf8.Valid(data):
		from = simplifiedchinese.GB18030
	}
	s := string(data)
	if from != nil {
		var err error
		if s, err = from.NewDecoder().String(s); err != nil {
			s = string(utf8.RuneError)
		}
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return "", models.Errorf(models.Invalid, "the file is no text in UTF-8 or GBK: save it as CSV UTF-8, or as .xlsx")
	}
	return s, nil
}
