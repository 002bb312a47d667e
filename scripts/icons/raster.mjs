/** Turns shapes on a grid of 16 into RGBA pixels: edges on whole pixels at small sizes, smooth curves at all. */

export function rasterise(shapes, size) {
  const pixels = new Uint8Array(size * size * 4);
  for (const shape of shapes) paint(pixels, size, distanceTo(shape, size), shape.colour);
  return pixels;
}

function paint(pixels, size, distance, colour) {
  const [red, green, blue] = colour === 'clear' ? [0, 0, 0] : [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const cover = Math.min(1, Math.max(0, 0.5 - distance(x + 0.5, y + 0.5)));
      if (cover === 0) continue;
      const at = (y * size + x) * 4;
      if (colour === 'clear') pixels[at + 3] = Math.round(pixels[at + 3] * (1 - cover));
      else blend(pixels, at, [red, green, blue], cover);
    }
  }
}

function blend(pixels, at, colour, cover) {
  const below = pixels[at + 3] / 255;
  const alpha = cover + below * (1 - cover);
  for (let part = 0; part < 3; part += 1) pixels[at + part] = Math.round((colour[part] * cover + pixels[at + part] * below * (1 - cover)) / alpha);
  pixels[at + 3] = Math.round(alpha * 255);
}

/** Signed distance in pixels from a point to the shape's edge: negative inside. */
function distanceTo(shape, size) {
  const scale = size / 16;
  return shape.kind === 'line' ? lineDistance(shape, scale) : barDistance(shape, scale);
}

function lineDistance({ from, to, thickness }, scale) {
  const [ax, ay, bx, by] = [...from, ...to].map((value) => value * scale);
  const lengthSquared = (bx - ax) ** 2 + (by - ay) ** 2;
  return (x, y) => {
    const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / lengthSquared));
    return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) - (thickness * scale) / 2;
  };
}

function barDistance(shape, scale) {
  // Half a pixel of grey on both edges of a 2 px bar would make the mark a blur.
  const snap = scale <= 4 ? Math.round : (value) => value;
  const width = Math.max(1, snap(shape.width * scale));
  const height = Math.max(1, snap(shape.height * scale));
  const centreX = snap(shape.x * scale) + width / 2;
  const centreY = snap(shape.y * scale) + height / 2;
  const radius = Math.min(shape.radius * scale, width / 2, height / 2);
  return (x, y) => {
    const dx = Math.abs(x - centreX) - width / 2 + radius;
    const dy = Math.abs(y - centreY) - height / 2 + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}
