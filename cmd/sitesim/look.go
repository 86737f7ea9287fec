package main

// Look is what weather does to a picture.
type Look string

// The looks. Rain moves all over the picture, so a camera whose pictures are analysed for motion has the dark alone.
const (
	LookClear Look = ""
	LookDark  Look = "dark" // dim, flat and pale
	LookRain  Look = "rain" // dark, with streaks of rain, and the mast shakes
)

func (l Look) valid() bool { return l == LookClear || l == LookDark || l == LookRain }

// weather are the steps that make a picture look as in bad weather. The streaks are noise, stretched to lines and laid
// over the brightness; like everything else here they are the same each time.
func weather(look Look) []string {
	dark := "eq=brightness=-0.2:contrast=0.85:saturation=0.5:gamma_b=1.15"
	switch look {
	case LookDark:
		return []string{dark}
	case LookRain:
		return []string{
			"crop=632:354:4+3*sin(n/2.3):3+2*sin(n/3.1)", "scale=640:360,setsar=1", dark + "[dim];" +
				"color=c=black:s=400x22:r=10,noise=c0s=100:c0f=t,lutyuv=y='if(gt(val,64),190,16)'," +
				"scale=800:400,shear=shx=0.18:fillcolor=black,crop=640:360,setsar=1[rain];" +
				"[dim][rain]blend=c0_mode=screen:c0_opacity=0.3:shortest=1",
		}
	}
	return nil
}
