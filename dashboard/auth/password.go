package auth

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhihui/models"
)

// The bounds of a password, in characters. There are no rules about kinds of characters: length and not being the first thing
// that a guesser tries are what counts (OWASP ASVS 2.1).
const (
	MinPassword = 12
	MaxPassword = 256
)

// leastOwn is how many characters of a password must be left when everything is taken away that guessers try first.
const leastOwn = 6

//go:embed common.txt
var common string

// CheckPassword returns an Invalid error about field unless the password may be used. names are what stands around it and is
// no secret: the username, the name of the person and of the site.
func CheckPassword(field, password string, names ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword || n > MaxPassword:
		return models.FieldError(field, "a password has %d to %d characters, this one has %d", MinPassword, MaxPassword, n)
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return models.FieldError(field, "a password is text on one line")
	case own(password, names) < leastOwn:
		return models.FieldError(field, "this is easily guessed: common passwords, names, rows of keys and what repeats itself do not "+
			"count; put a few words together that nobody would expect beside each other")
	}
	return nil
}

// own returns how many characters of the password are neither common, nor a name, nor a row, nor a repetition.
func own(password string, names []string) int {
	words, longest := wordsToAvoid(names)
	plain, text := []rune(strings.ToLower(password)), []rune(strings.Map(untrick, strings.ToLower(password)))
	least := make([]int, len(text)+1) // own characters in text[:i]
	for i := 1; i <= len(text); i++ {
		least[i] = least[i-1] + 1
		for k := 2; k <= i; k++ {
			from := i - k
			if k <= longest && (words[string(text[from:i])] || words[string(plain[from:i])]) || regular(plain[from:i]) ||
				from >= k && slices.Equal(text[from-k:from], text[from:i]) { // stands beside itself
				least[i] = min(least[i], least[from])
			}
		}
	}
	return least[len(text)]
}

// wordsToAvoid returns the common words and the names with their parts, and the length of the longest.
func wordsToAvoid(names []string) (words map[string]bool, longest int) {
	words = map[string]bool{}
	add := func(word string) {
		if n := utf8.RuneCountInString(word); n >= 2 {
			words[word], longest = true, max(longest, n)
		}
	}
	for word := range strings.FieldsSeq(common) {
		add(word)
	}
	for _, name := range names {
		name = strings.ToLower(name)
		add(name)
		for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			add(part)
		}
	}
	return words, longest
}

// regular tells whether a part is a row such as 123, dcba or 1111, or a year.
func regular(part []rune) bool {
	if s := string(part); len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && '0' <= min(s[2], s[3]) && max(s[2], s[3]) <= '9' {
		return true
	}
	step := part[1] - part[0]
	if len(part) < 3 || step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(part); i++ {
		if part[i]-part[i-1] != step {
			return false
		}
	}
	return true
}

// untrick takes back what people write instead of a letter.
func untrick(r rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', '!':
		return 'i'
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}
