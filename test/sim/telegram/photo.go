package telegram

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif"
	"image/jpeg"
	_ "image/png"
)

// What a photo may measure.
const (
	maxPhotoSum   = 10_000 // width + height
	maxPhotoRatio = 20
)

// longEdges are the sizes that the server makes of a photo, besides the photo itself.
var longEdges = []int{90, 320, 800, 1280}

type sizedPhoto struct {
	data          []byte
	width, height int
}

// checkPhoto refuses what the real server refuses to show as a photo.
func checkPhoto(data []byte) *apiError {
	if len(data) > maxPhoto {
		return badRequest("file is too big")
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return badRequest("IMAGE_PROCESS_FAILED")
	}
	long, short := max(config.Width, config.Height), min(config.Width, config.Height)
	if short <= 0 || long+short > maxPhotoSum || long > maxPhotoRatio*short {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// photoSizes re-encodes a picture: up to the largest edge, smallest first. The bytes always differ from the upload's.
func photoSizes(data []byte) ([]sizedPhoto, error) {
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode picture: %w", err)
	}
	bounds := picture.Bounds()
	long := max(bounds.Dx(), bounds.Dy())
	var sizes []sizedPhoto
	for _, edge := range longEdges {
		last := edge >= long || edge == longEdges[len(longEdges)-1]
		size, err := scaled(picture, min(edge, long), long)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, size)
		if last {
			break
		}
	}
	return sizes, nil
}

func scaled(picture image.Image, edge, long int) (sizedPhoto, error) {
	bounds := picture.Bounds()
	width, height := max(1, bounds.Dx()*edge/long), max(1, bounds.Dy()*edge/long)
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	if edge == long {
		draw.Draw(out, out.Bounds(), picture, bounds.Min, draw.Src)
	} else {
		for y := range height {
			for x := range width {
				out.Set(x, y, picture.At(bounds.Min.X+x*bounds.Dx()/width, bounds.Min.Y+y*bounds.Dy()/height))
			}
		}
	}
	var buffer bytes.Buffer
	if err := jpeg.Encode(&buffer, out, &jpeg.Options{Quality: 87}); err != nil {
		return sizedPhoto{}, fmt.Errorf("encode picture: %w", err)
	}
	return sizedPhoto{data: buffer.Bytes(), width: width, height: height}, nil
}
