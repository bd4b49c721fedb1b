// How the kernels that need a row's sums go over the rows: `lanes` neighbouring invocations share a row, because sums
// over more lanes cost software adapters more than what is summed.

const width = 64u;
const lanes = 8u;
var<workgroup> partials: array<vec3f, width>;

/// The sum over a row's lanes, in a fixed order, for each of them; every invocation of the workgroup must come here.
fn total(local: u32, partial: vec3f) -> vec3f {
  workgroupBarrier();
  partials[local] = partial;
  workgroupBarrier();
  var sum = vec3f(0.0);
  let first = local / lanes * lanes;
  for (var i = first; i < first + lanes; i++) { sum += partials[i]; }
  return sum;
}

struct Span {
  /// The lane's first element, then every `lanes`-th below the end of its row; none beyond the last row.
  start: u32,
  end: u32,
}

fn span(group: vec3u, grid: vec3u, local: u32, rows: u32, columns: u32) -> Span {
  let row = (group.y * grid.x + group.x) * (width / lanes) + local / lanes;
  let start = row * columns;
  return Span(start + local % lanes, select(start, start + columns, row < rows));
}
