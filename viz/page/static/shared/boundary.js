// Where a network changes its mind: the line along which numbers on a grid change their sign (marching squares).

// `at(i)` is the number of the i-th point, row by row; the line is an SVG path over a square with sides of `size`.
export function zeroLine(at, width, height, size) {
  const place = (column, row) =>
    `${((size * (column + 0.5)) / width).toFixed(1)} ${((size * (row + 0.5)) / height).toFixed(1)}`;
  let path = "";
  for (let row = 0; row + 1 < height; row++)
    for (let column = 0; column + 1 < width; column++) {
      const i = row * width + column;
      const [a, b, c, d] = [at(i), at(i + 1), at(i + width + 1), at(i + width)];  // clockwise from the upper left
      const met = [];
      if (a < 0 !== b < 0) met.push(place(column + a / (a - b), row));
      if (b < 0 !== c < 0) met.push(place(column + 1, row + b / (b - c)));
      if (c < 0 !== d < 0) met.push(place(column + d / (d - c), row + 1));
      if (d < 0 !== a < 0) met.push(place(column, row + a / (a - d)));
      if (met.length === 4 && a < 0 === a + b + c + d < 0) met.push(met.shift());  // a saddle: which corners are one side
      for (let k = 0; k + 1 < met.length; k += 2) path += `M${met[k]}L${met[k + 1]}`;
    }
  return path;
}

// The same between several classes: each class against all others, but for one of them, whose lines these are too.
export function borders(winner, lead, width, height, size) {
  const classes = [...new Set(winner)].slice(1);
  return classes.map((kind) => zeroLine((i) => (winner[i] === kind ? 1 : -1) * (lead[i] + 1), width, height, size)).join("");
}
