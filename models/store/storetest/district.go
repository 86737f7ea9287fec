// Package storetest makes sites of any size for tests and benchmarks.
package storetest

import (
	"fmt"
	"math"

	"zhihui/models"
)

// The tree of a district: so many of each in the one above.
const (
	streets     = 30
	communities = 10
	grids       = 10
)

// District returns a whole district: 30 streets of 10 communities of 10 grids, each with its boundary, and so many cameras
// and sensors spread evenly over the grids. The cameras are registered and not pulled, but the first pulled ones; nothing
// is random, so that two calls are equal.
func District(cameras, pulled, sensors int) models.Site {
	d := district{site: models.Site{Name: "通川区指挥中心", TimeZone: "Asia/Shanghai"}}
	root := d.area("", "qu", "通川区", models.District, block{116.55, 39.75, 0.48, 0.40})
	for s := range streets {
		street := d.area(root.id, fmt.Sprintf("j%02d", s+1), nameOf(s)+"街道", models.Street, root.part(s, 6, 5))
		for c := range communities {
			community := d.area(street.id, fmt.Sprintf("%s-s%02d", street.id, c+1), nameOf(s*7+c*11)+"社区", models.Community, street.part(c, 5, 2))
			for g := range grids {
				d.grids = append(d.grids, d.area(community.id, fmt.Sprintf("%s-w%02d", community.id, g+1), fmt.Sprintf("第%d网格", g+1), models.Grid, community.part(g, 5, 2)))
			}
		}
	}
	for i := range cameras {
		d.camera(i, i >= pulled)
	}
	for i := range sensors {
		d.sensor(i)
	}
	return d.site
}

type district struct {
	site  models.Site
	grids []place
}

// block is a piece of land in degrees, from its south-western corner.
type block struct{ lon, lat, width, height float64 }

// part is the i-th of columns × rows equal parts, a little smaller so that neighbours can be told apart.
func (b block) part(i, columns, rows int) block {
	w, h := b.width/float64(columns), b.height/float64(rows)
	return block{b.lon + float64(i%columns)*w + 0.02*w, b.lat + float64(i/columns%rows)*h + 0.02*h, 0.96 * w, 0.96 * h}
}

// at is the point at fractions of the block, to a metre or so.
func (b block) at(x, y float64) models.Place {
	return models.Place{Lon: math.Round((b.lon+x*b.width)*1e5) / 1e5, Lat: math.Round((b.lat+y*b.height)*1e5) / 1e5}
}

// place is an area with its land.
type place struct {
	block
	id, name string
}

func (d *district) area(parent, id, name string, kind models.AreaKind, b block) place {
	var ring [][2]float64
	for _, p := range [][2]float64{{0, .1}, {.4, 0}, {1, .05}, {.95, .9}, {.5, 1}, {.05, .95}} {
		at := b.at(p[0], p[1])
		ring = append(ring, [2]float64{at.Lon, at.Lat})
	}
	d.site.Areas = append(d.site.Areas, models.Area{ID: id, Name: name, Kind: kind, Parent: parent, Boundary: ring})
	return place{b, id, name}
}

// spread puts the i-th thing of a grid somewhere of its own.
func spread(i int) (x, y float64) {
	const golden = 0.6180339887498949
	return 0.05 + 0.9*math.Mod(float64(i)*golden, 1), 0.05 + 0.9*math.Mod(float64(i)*golden*golden*7, 1)
}

func (d *district) camera(i int, disabled bool) {
	g := d.grids[i%len(d.grids)]
	n := i / len(d.grids)
	x, y := spread(i)
	d.site.Cameras = append(d.site.Cameras, models.Camera{
		ID: fmt.Sprintf("cam-%05d", i+1), Name: fmt.Sprintf("%s%s%s%02d", nameOf(i*13), g.name, spots()[i%len(spots())], n+1), Area: g.id,
		URL:      fmt.Sprintf("rtsp://10.%d.%d.%d:554/Streaming/Channels/102", i>>16, i>>8&255, i&255),
		Username: "zhihui", Password: fmt.Sprintf("camera-%05d", i), Disabled: disabled, Place: g.at(x, y), Heading: float64(i * 37 % 360),
	})
}

func (d *district) sensor(i int) {
	g := d.grids[i*7%len(d.grids)]
	x, y := spread(i + 5)
	d.site.Sensors = append(d.site.Sensors, models.Sensor{ID: fmt.Sprintf("water-%04d", i+1), Name: nameOf(i*3) + "积水监测", Area: g.id,
		Kind: "water_level", Unit: "m", Topic: fmt.Sprintf("site/water/%04d", i+1), Place: g.at(x, y)})
}

func nameOf(i int) string {
	const first, last = "东西南北和安永新長福文明兴平丰惠金玉清华", "里园桥街巷湾庄坊营门苑泉溪台"
	f, l := []rune(first), []rune(last)
	return string([]rune{f[i%len(f)], f[(i/len(f)*3+i+5)%len(f)], l[i*5%len(l)]})
}

func spots() []string {
	return []string{"东门", "西门", "南口", "北口", "广场", "车棚", "单元门", "小学门前", "河边", "桥下", "停车场", "垃圾站", "消防通道", "主路"}
}
