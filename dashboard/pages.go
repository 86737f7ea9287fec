package dashboard

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

// unbuilt stands in for the pages of a binary that was built without them.
const unbuilt = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>指挥·智慧</title>
<h1>页面尚未构建</h1><p>这个程序里没有前端页面，请运行 <code>make build</code> 后重新启动。接口仍然可用：/api/v1</p>
<h1>The pages are not built</h1><p>This binary holds no front end: run <code>make build</code> and start it again. The API works: /api/v1</p>
`

// pages serves the front end: files as they are, and index.html for every address that the front end routes by itself.
type pages struct {
	files fs.FS
	built bool
	admit func(*gin.Context)
}

func (p pages) serve(c *gin.Context) {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		c.String(http.StatusMethodNotAllowed, "pages are only read\n")
		return
	}
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	switch st, err := fs.Stat(p.files, name); {
	case err == nil && !st.IsDir() && !strings.HasPrefix(path.Base(name), "."):
		p.file(c, name)
	case path.Ext(name) != "":
		c.String(http.StatusNotFound, "no such file\n")
	default:
		p.index(c)
	}
}

// file sends a file; what lies under assets/ has a hash of its content in its name.
func (p pages) file(c *gin.Context, name string) {
	if strings.HasPrefix(name, "assets/") {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	http.ServeFileFS(c.Writer, c.Request, p.files, name)
}

func (p pages) index(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	if !p.built {
		c.Data(http.StatusServiceUnavailable, "text/html; charset=utf-8", []byte(unbuilt))
		return
	}
	p.admit(c)
	page, err := fs.ReadFile(p.files, "index.html")
	if err != nil {
		c.String(http.StatusInternalServerError, "index.html cannot be read\n")
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}

// admitGuest lets this machine's own browser look at the wall without a login, when the configuration says so.
func (s *Server) admitGuest(c *gin.Context) {
	if page := c.Request.URL.Path; !s.cfg.WallGuest || page != "/" && page != "/wall" || !auth.AtHome(c.Request) {
		return
	}
	_, err := s.sessions.Who(c.Request, c.ClientIP())
	if models.CodeOf(err) == models.Unauthenticated {
		s.sessions.Guest(c.Writer)
	}
}
