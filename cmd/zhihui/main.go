// Command zhihui is the daemon of a command hall and the tool of those who run it. Each verb has a file of its name, such as
// import.go for those that import sheets and take that back; what a verb does is in the packages below, serve in cmd/internal/app.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// version is set by the linker (-X main.version=…).
var version = "development"

// commands are the verbs of the program.
type commands struct {
	Serve serveCommand `cmd:"" help:"Run the hall until SIGINT or SIGTERM."`
	Check checkCommand `cmd:"" help:"Name every fault of settings and site files, with line and sentence."`
	Site  struct {
		Apply siteApplyCommand `cmd:"" help:"Make the store's areas, cameras, sensors and rules what the file declares."`
	} `cmd:"" help:"The site: areas, cameras, sensors, rules."`
	Camera    cameraCommands    `cmd:"" help:"Cameras: look at one, find them, import many."`
	Sensor    sensorCommands    `cmd:"" help:"Sensors: import many."`
	User      userCommands      `cmd:"" help:"The people who can log in."`
	Token     tokenCommands     `cmd:"" help:"Tokens of those who send readings over HTTP."`
	Backup    backupCommand     `cmd:"" help:"Copy database, key and snapshots into one file, while the hall runs."`
	Restore   restoreCommand    `cmd:"" help:"Put a backup into an empty folder."`
	Recording recordingCommands `cmd:"" help:"Footage: whose its folder is, and how much there is."`
	Key       struct {
		Rotate keyRotateCommand `cmd:"" help:"Encrypt the cameras' passwords under a new key, while the hall runs."`
	} `cmd:"" help:"The key under which the store keeps secrets."`
	Cert    certCommand      `cmd:"" help:"Certificates: of the site's own authority, its listeners and its clients."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

// world is what the commands touch outside of their arguments.
type world struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr}))
}

// run returns the exit code: 0, 1 for a failure, 2 for arguments that are no command.
func run(args []string, w world) int {
	var c commands
	code := -1 // kong asks to exit after --help and --version
	parser, err := kong.New(&c,
		kong.Name("zhihui"),
		kong.Description("Video and sensor platform of a command hall (指挥·智慧)."),
		kong.Vars{"version": version},
		kong.Writers(w.out, w.err),
		kong.Exit(func(n int) { code = n }),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(w.err, "zhihui:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if code >= 0 {
		return code
	}
	if err != nil {
		fmt.Fprintln(w.err, "zhihui:", err)
		return 2
	}
	if err := k.Run(w); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(w.err, "zhihui:", err)
		}
		return 1
	}
	return 0
}

// errSaid ends a command that has already printed what is wrong.
var errSaid = errors.New("said above")
