package detect

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"zhihui/models"
)

// condition is what is made of a camera's pictures from condBegins to condEnds, and what has to come of it.
type condition struct {
	name    string
	is      []string // filters of 640×360, one after the other; "@" before the names of their links
	want    models.EventKind
	may     []models.EventKind // may come too, or instead where nothing must
	usual   string             // filter of the time before and after; "" = the plain pictures
	after   float64            // seconds until it is plain to see
	lasts   float64            // 0 = until condEnds
	quality int                // of the coding, by x264's crf; 0 = 27
}

func must(kind models.EventKind, name string, is ...string) condition {
	return condition{name: name, is: is, want: kind}
}

func silent(name, is string, may ...models.EventKind) condition {
	return condition{name: name, is: []string{is}, may: may}
}

// part lays a changed part over the picture: of its size, at a place of it, both in shares of the picture.
func part(change string, w, h, x, y float64) string {
	return fmt.Sprintf("split[@a][@b];[@b]%s,crop=iw*%g:ih*%g:iw*%g:ih*%g[@c];[@a][@c]overlay=main_w*%[4]g:main_h*%[5]g", change, w, h, x, y)
}

// known are the conditions by which the limits were found.
func known() []condition {
	return []condition{
		must(models.CameraBlack, "black", "lutyuv=y=18:u=128:v=128,noise=alls=4:allf=t"),
		must(models.CameraBlack, "no signal", "lutyuv=y=60:u=180:v=110"),
		must(models.CameraCovered, "covered by a hand", part("gblur=sigma=60,eq=brightness=-0.2", 0.85, 1, 0, 0)),
		must(models.CameraCovered, "covered by a bag", "gblur=sigma=60,eq=brightness=0.15"),
		must(models.CameraBlurred, "blurred", "gblur=sigma=4"),
		must(models.CameraBlurred, "much blurred", "gblur=sigma=8"),
		must(models.CameraMoved, "shifted", "crop=iw*0.85:ih*0.85:iw*0.15:ih*0.1,scale=640:360"),
		must(models.CameraMoved, "turned", "rotate=12*PI/180,crop=iw*0.8:ih*0.7,scale=640:360"),
		must(models.CameraMoved, "another view", "vflip"),
		silent("as usual", "null"),
		silent("night", "lutyuv=y=16+(val-16)*0.35,noise=alls=8:allf=t"),
		silent("deep night", "lutyuv=y=16+(val-16)*0.2,noise=alls=10:allf=t"),
		silent("bright", "eq=gamma=1.6:brightness=0.1"),
		silent("half hidden by something near", "split[@a][@b];[@b]hflip,vflip,scale=iw:ih*1.4,crop=iw*0.5:360:0:0[@c];[@a][@c]overlay=0:0"),
	}
}

// unseen are further ones, for pictures by which no limit was found. On others like them the share from which a camera is
// covered was lowered, and what was wrong in principle was mended: weak edges are not soft ones, and a view may have moved
// by a little.
func unseen() []condition {
	slow := must(models.CameraBlurred, "out of focus, slowly", "gblur=sigma=0.7", "gblur=sigma=1.2", "gblur=sigma=2", "gblur=sigma=4", "gblur=sigma=6")
	slow.after = 0.6 * (condEnds - condBegins)
	panned := must(models.CameraMoved, "panned by a quarter", "crop=iw*0.75:ih*0.75:iw*0.2:ih*0.12,scale=640:360")
	panned.usual = "crop=iw*0.75:ih*0.75:0:ih*0.12,scale=640:360"
	turned := must(models.CameraMoved, "turned by 5°", "rotate=5*PI/180,crop=iw*0.8:ih*0.8,scale=640:360")
	turned.usual = "crop=iw*0.8:ih*0.8,scale=640:360"
	nudged := must(models.CameraMoved, "nudged by a twentieth", "crop=iw*0.9:ih*0.9:iw*0.045:0,scale=640:360")
	nudged.usual = "crop=iw*0.9:ih*0.9:0:0,scale=640:360"
	lorry := silent("a lorry before half of it, 20 s", part("hflip,vflip,scale=iw:ih,eq=brightness=0.1", 0.55, 1, 0.2, 0))
	van := silent("a bare van before half of it, 20 s", "drawbox=x=iw*0.2:y=0:w=iw*0.55:h=ih:color=0xc8c8c0:t=fill")
	lorry.lasts, van.lasts = 20, 20
	coarse, coarser := silent("coded coarsely", "null"), silent("coded as coarsely as can be", "null", models.CameraBlurred)
	coarse.quality, coarser.quality = 40, 48
	const soft = "gblur=sigma=25,eq=brightness=-0.1"
	return []condition{
		must(models.CameraBlack, "a cap before the lens", "lutyuv=y=22:u=128:v=128,noise=alls=6:allf=t"),
		must(models.CameraBlack, "no light", "lutyuv=y=16+(val-16)*0.05,noise=alls=6:allf=t"),
		must(models.CameraCovered, "no sensor, a clock drawn in", "lutyuv=y=41:u=240:v=110,drawbox=x=20:y=20:w=4:h=14:color=white:t=fill,drawbox=x=30:y=20:w=9:h=3:color=white:t=fill"),
		must(models.CameraCovered, "half covered", part("gblur=sigma=45,eq=brightness=-0.3", 0.5, 1, 0.5, 0)),
		must(models.CameraCovered, "a sheet before most of it", part("gblur=sigma=30,eq=brightness=0.2:contrast=0.5", 1, 0.7, 0, 0)),
		must(models.CameraCovered, "painted over", "drawbox=x=0:y=0:w=iw*0.8:h=ih:color=0x703020:t=fill,noise=alls=5:allf=t"),
		{name: "dirt on half of it", is: []string{strings.Join([]string{blot(soft, 0.3, 0.5, 0.05, 0.1, "p"), blot(soft, 0.35, 0.45, 0.4, 0.3, "q"),
			part(soft, 0.4, 0.4, 0.55, 0.55)}, ",")}, may: []models.EventKind{models.CameraCovered, models.CameraBlurred}},
		must(models.CameraBlurred, "out of focus a little", "gblur=sigma=3"),
		must(models.CameraBlurred, "out of focus", "gblur=sigma=6"),
		slow, panned, turned, nudged,
		must(models.CameraMoved, "zoomed in", "crop=iw*0.7:ih*0.7,scale=640:360"),
		must(models.CameraMoved, "a mirror's view", "hflip"),

		silent("as usual", "null"),
		silent("night with lamps", "lutyuv=y=16+(val-16)*0.25,drawbox=x=90:y=60:w=12:h=12:color=white:t=fill,drawbox=x=330:y=90:w=9:h=9:color=white:t=fill,"+
			"drawbox=x=560:y=40:w=14:h=14:color=white:t=fill,gblur=sigma=0.6,noise=alls=7:allf=t"),
		silent("night by infrared", "hue=s=0,lutyuv=y=16+(val-16)*0.6,vignette=PI/4,noise=alls=10:allf=t"),
		silent("darker at once", "eq=gamma=0.5"), silent("brighter at once", "eq=gamma=2"),
		silent("half in shadow", "drawbox=x=0:y=0:w=iw*0.5:h=ih:color=0x00000080:t=fill"),
		silent("a mast in the wind", "crop=iw-8:ih-8:4+3*sin(2*n):4+3*cos(3*n),scale=640:360"),
		silent("rain", "noise=alls=25:allf=t"),
		silent("haze", "eq=contrast=0.6:brightness=0.12"),
		silent("fog", "eq=contrast=0.25:brightness=0.15,gblur=sigma=1.2", models.CameraBlurred, models.CameraCovered),
		coarse, coarser, lorry, van,
	}
}

// blot is part with links of their own, where several stand in one filter.
func blot(change string, w, h, x, y float64, name string) string {
	return strings.ReplaceAll(part(change, w, h, x, y), "@", "@"+name)
}

// fixed are the clips of cameras that stand still, handheld that of one that does not: it may be called moved.
func fixed() []string {
	return []string{"vtest.avi", "tree.avi", "intel_car.mp4", "intel_one_by_one_person.mp4", "intel_bottle.mp4", "intel_worker-zone-detection.mp4",
		"intel_store-aisle-detection.mp4", "gocv_small.mp4", "bgs_highway_cyclist.avi", "bgs_topdown_cars.avi"}
}

const handheld = "furg_house6.mp4"

// treeHand is when a hand comes before the lens in tree.avi, to stay until the end: at most a quarter of the picture.
const treeHand = 23.0

// bare clips show so little that only black is told of them for certain.
func bare(clip string) bool { return clip == "intel_car.mp4" || clip == "intel_bottle.mp4" }

// clipOf is the scenery of a clip: pictures two seconds or, of a short one, a third apart.
func clipOf(name string) scenery {
	s := scenery{name: name, path: clipPath(name), pictures: 24, rate: 0.5}
	if slices.ContainsFunc([]string{"worker-zone", "store-aisle", "gocv"}, func(short string) bool { return strings.Contains(name, short) }) {
		s.rate = 3
	}
	return s
}

// conditionsOf are those that a clip is good for.
func conditionsOf(clip string) []condition {
	if clip == handheld {
		return []condition{silent("as usual", "null", models.CameraMoved)}
	}
	all := slices.DeleteFunc(known(), func(c condition) bool { return bare(clip) && c.want != "" && c.want != models.CameraBlack })
	for i, c := range all {
		switch {
		case bare(clip) && c.name == "deep night": // nobody sees an empty lane then
			all[i].may = []models.EventKind{models.CameraBlack}
		case clip == "tree.avi" && c.want == "":
			all[i].may = []models.EventKind{models.CameraCovered} // its hand
		}
	}
	return all
}

// stills are pictures that no limit was found by, each that of a camera.
func stills() (all []scenery) {
	for _, folder := range []struct {
		name  string
		every int
	}{{"coco_train", 17}, {"dfire_neg", 10}} {
		list, _ := filepath.Glob(filepath.Join(sharedFolder(), "footage", folder.name, "*.jpg"))
		for i := 0; i < len(list); i += folder.every {
			all = append(all, scenery{name: folder.name + "/" + filepath.Base(list[i]), path: list[i], pictures: 3, still: true})
		}
	}
	return all
}
