// Groups as shades behind the parties, each with its sign; marked lines stand out from the others.
const paper = document.createElement("canvas"), ink = paper.getContext("2d");
const signs = new Map();
for (const group of shades) {
  for (const id of group.nodes) signs.set(id, [...(signs.get(id) || []), group]);
}

// Lines that carry a mark are wide and say which; the rest steps back.
function restyle() {
  const stressed = Object.values(marked).some(told => Object.keys(told).some(kind => shown.has(kind)));
  edges.update(drawn.map(edge => {
    const told = Object.entries(marked[edge.id] || {}).filter(([kind]) => shown.has(kind)).map(([, sign]) => sign);
    return {
      id: edge.id, width: told.length ? 5 : edge.width ?? 1.8, label: [...told, edge.label].filter(Boolean).join(" · "),
      color: {...edge.color, opacity: told.length || !stressed ? edge.color.opacity ?? 1 : 0.4},
      font: {color: stressed && !told.length ? "#8a949e" : "#33414f", size: told.length ? (nodes.length > 60 ? 24 : 14) : 12},
    };
  }));
}

// The shade of a group: discs around its members, and bands along what brought them in.
function traced(group, places) {
  const discs = new Path2D(), bands = new Path2D();
  for (const id of group.nodes) {
    discs.moveTo(places[id].x, places[id].y);
    discs.lineTo(places[id].x + 0.01, places[id].y);
  }
  for (const [a, b, edge] of group.ties) {
    const via = edge && network.body.edges[edge].edgeType.getViaNode(), end = places[b];
    bands.moveTo(places[a].x, places[a].y);
    if (via) bands.quadraticCurveTo(via.x, via.y, end.x, end.y); else bands.lineTo(end.x, end.y);
  }
  return (grow, color, rule) => {
    ink.globalCompositeOperation = rule;
    ink.strokeStyle = color;
    ink.lineWidth = 64 + grow;
    ink.stroke(discs);
    ink.lineWidth = 22 + grow;
    ink.stroke(bands);
  };
}

function printed(pen, opacity, draw) {
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.globalCompositeOperation = "source-over";
  ink.clearRect(0, 0, paper.width, paper.height);
  ink.setTransform(pen.getTransform());
  ink.lineCap = ink.lineJoin = "round";
  draw();
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalAlpha = opacity;
  pen.drawImage(paper, 0, 0);
  pen.restore();
}

function hatched() {
  const tile = document.createElement("canvas"), brush = tile.getContext("2d");
  tile.width = tile.height = 12;
  brush.fillRect(0, 0, 6, 6);
  brush.fillRect(6, 6, 6, 6);
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.globalCompositeOperation = "destination-in";
  ink.fillStyle = ink.createPattern(tile, "repeat");
  ink.fillRect(0, 0, paper.width, paper.height);
}

function shade(pen) {
  if (!shown.has("groups")) return;
  const {width, height} = pen.canvas, places = network.getPositions();
  if (paper.width !== width || paper.height !== height) [paper.width, paper.height] = [width, height];
  shades.forEach((group, at) => {
    const trace = traced(group, places), more = 10 * at, line = Math.max(4, 3 / network.getScale());
    if (group.certain) printed(pen, 0.14, () => trace(more, group.color, "source-over"));
    printed(pen, 0.9, () => {
      trace(more + line, group.color, "source-over");
      trace(more, "#000000", "destination-out");
      if (!group.certain) hatched();
    });
  });
}

function sign(pen) {
  if (!shown.has("groups") || network.getScale() < 0.4) return;
  const places = network.getPositions();
  pen.font = "bold 11px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const [id, groups] of signs) {
    groups.forEach((group, at) => {
      const x = places[id].x + 17 + 15 * at, y = places[id].y - 15;
      pen.beginPath();
      pen.arc(x, y, 7.5, 0, 2 * Math.PI);
      pen.fillStyle = group.color;
      pen.fill();
      pen.fillStyle = "#ffffff";
      pen.fillText(group.sign, x, y + 0.5);
    });
  }
}

// A large picture opens at what is marked.
function fitMarks() {
  const nodes = [...new Set([...document.querySelectorAll("tr[data-mark]")].flatMap(row => JSON.parse(row.dataset.nodes)))];
  if (!nodes.length) return fit();
  network.fit({nodes, maxZoomLevel: 1.2});
  network.moveTo({scale: network.getScale() * 0.85});
}

network.on("beforeDrawing", shade);
network.on("afterDrawing", sign);
for (const box of document.querySelectorAll("#marks input")) {
  box.addEventListener("change", () => {
    shown[box.checked ? "add" : "delete"](box.dataset.markKind);
    restyle();
    network.redraw();
  });
}
document.getElementById("fit-marks").addEventListener("click", fitMarks);
restyle();
