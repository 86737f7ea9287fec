package api

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhihui/models"
)

// notLetIn is what a browser shows when the way over the provider ends badly: there is no page of ours yet that could.
var notLetIn = template.Must(template.New("").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>指挥·智慧</title>
<h1>没有登录成功</h1><p>{{.Chinese}}</p><p><a href="/login">返回登录页面</a></p>
<h1 lang="en">You are not logged in</h1><p lang="en">{{.English}}</p><p lang="en"><a href="/login">Back to the login page</a></p>
`))

// beginOIDC leads a browser to the provider.
func (a *API) beginOIDC(c *gin.Context) {
	to, err := a.Sessions.BeginOIDC(c.Writer, c.Request, c.Query("to"))
	a.lead(c, to, err)
}

// endOIDC takes a browser back from the provider.
func (a *API) endOIDC(c *gin.Context) {
	to, err := a.Sessions.EndOIDC(c.Writer, c.Request, c.ClientIP())
	a.lead(c, to, err)
}

func (a *API) lead(c *gin.Context, to string, err error) {
	var said *models.Error
	switch {
	case err == nil:
		c.Redirect(http.StatusFound, to)
	case errors.As(err, &said) && strings.Contains(c.GetHeader("Accept"), "text/html"):
		c.Status(status(said.Code))
		c.Header("Content-Type", "text/html; charset=utf-8")
		a.page(c, said)
	default:
		a.fail(c, err)
	}
}

func (a *API) page(c *gin.Context, said *models.Error) {
	chinese := "这次登录没有完成，请重新开始。"
	switch said.Code {
	case models.Forbidden:
		chinese = "您的身份没有对应的账号，或者登录被拒绝。请让管理员把您在身份提供方的标识填入您的账号。"
	case models.Unavailable:
		chinese = "暂时联系不上身份提供方，请稍后再试，或者用口令登录。"
	case models.NotFound:
		chinese = "这里没有设置身份提供方，请用口令登录。"
	case models.TooMany:
		chinese = "尝试次数太多，请稍后再试。"
	}
	if err := notLetIn.Execute(c.Writer, struct{ Chinese, English string }{chinese, said.Message}); err != nil {
		a.Log.Debug("api: a page broke off", "error", err)
	}
}
