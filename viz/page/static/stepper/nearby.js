// Of a large picture, parts far from the view are left out: each would be laid out and painted again with every step.

const LARGE = 300;    // parts; a smaller picture is left whole
const MARGIN = 1000;  // pixels around the view: one scrolls less than that from frame to frame

export class Nearby {
  constructor(svg) {
    this.graph = svg.querySelector(".graph");
    const parts = [...svg.querySelectorAll(".box, .edge")];
    this.parts = parts.length > LARGE ? parts : [];
    this.places = null;  // known once the picture is there
  }

  // Leaves out what is far from a rectangle of the screen, and puts back what is near it.
  update(frame) {
    this.places ??= new Map(this.parts.map((part) => [part, { ...boundsOf(part.getBBox()), far: false }]));
    if (!this.places.size) return;
    const toGraph = this.graph.getScreenCTM().inverse();
    const start = new DOMPoint(frame.left - MARGIN, frame.top - MARGIN).matrixTransform(toGraph);
    const end = new DOMPoint(frame.right + MARGIN, frame.bottom + MARGIN).matrixTransform(toGraph);
    for (const [part, place] of this.places) {
      const far = place.right < start.x || place.left > end.x || place.bottom < start.y || place.top > end.y;
      if (far === place.far) continue;
      place.far = far;
      part.classList.toggle("far", far);
    }
  }

  // Where a part is on the screen, or would be.
  rectangle(part) {
    const place = this.places?.get(part);
    if (!place?.far) return part.getBoundingClientRect();
    const toScreen = this.graph.getScreenCTM();
    const start = new DOMPoint(place.left, place.top).matrixTransform(toScreen);
    const end = new DOMPoint(place.right, place.bottom).matrixTransform(toScreen);
    return boundsOf({ x: start.x, y: start.y, width: end.x - start.x, height: end.y - start.y });
  }
}

const boundsOf = ({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height });
