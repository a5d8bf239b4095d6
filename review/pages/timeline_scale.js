// Days of a stay as the columns that fit: one day each, or seven, or twenty-eight, with what their days hold together.
(function (mj) {
  'use strict';
  const LEAST = 14;  // px; a narrower column cannot be hit or read
  const STEPS = [1, 7, 28];
  const NUMBERED = new Set(['fee', 'tick', 'cut']);

  // The finest step whose columns fit the width; the coarsest where none does.
  mj.stepFor = (days, width) => STEPS.find((step) => Math.ceil(days / step) * LEAST <= width) || STEPS[STEPS.length - 1];

  mj.columnsOf = function (days, step) {
    const columns = [];
    for (let from = 0; from < days.length; from += step) {
      columns.push({from, until: Math.min(from + step, days.length), first: days[from], last: days[Math.min(from + step, days.length) - 1]});
    }
    return columns;
  };

  mj.cellsOf = (lane, columns) => columns.map((column) => together(lane.cells.slice(column.from, column.until)));

  function together(cells) {
    if (cells.length === 1) return cells[0];
    const held = cells.filter((cell) => cell.as);
    if (!held.length) return {};
    const first = held[0], go = (held.find((cell) => cell.go) || first).go;
    if (held.some((cell) => cell.marks)) return marked(held);
    if (held.some((cell) => ['seen', 'gap', 'leave', 'away'].includes(cell.as))) return {as: 'slices', slices: cells.map((cell) => cell.as || ''), says: spoken(held), go};
    if (first.as === 'half') return halves(held, go);
    if (first.as === 'span') return {as: 'share', share: held.length / cells.length, text: String(held.length), says: `${held.length} / ${cells.length} 天`, go};
    if (NUMBERED.has(first.as)) return numbered(held, go);
    const words = [...new Set(held.map((cell) => cell.text))];
    return {...first, text: words.join('/'), says: words.join('、'), go};
  }
  function marked(held) {
    return {as: held.some((cell) => cell.as === 'for') ? 'for' : held[0].as, marks: held.flatMap((cell) => cell.marks || []), item: held[0].item};
  }
  const NAMES = [['seen', '有迹象'], ['gap', '无任何迹象'], ['leave', '请假'], ['away', '夜间未归']];
  const spoken = (held) => NAMES.map(([as, name]) => [held.filter((cell) => cell.as === as).length, name])
    .filter(([n]) => n).map(([n, name]) => `${name} ${n} 天`).join('，');
  function halves(held, go) {
    const inside = held.flatMap((cell) => cell.halves).filter((half) => half !== 'outside'), yes = inside.filter((half) => half === 'yes').length;
    return {as: 'share', share: inside.length ? yes / inside.length : 0, text: String(yes), says: `${yes} / ${inside.length} 个半日有记录`, go};
  }
  function numbered(held, go) {
    const n = held.reduce((sum, cell) => sum + cell.n, 0);
    const told = held.length === 1 ? held[0].says : held[0].as === 'cut' ? held.map((cell) => cell.says).join('；') : `${held.length} 天，合计 ${mj.short4(n)}`;
    return {as: held[0].as, n, text: mj.short4(n), says: told, go};
  }

  // A number in at most about four characters, so that it fits its column.
  mj.short4 = (n) => n >= 99950 ? `${Math.round(n / 10000)}万` : n >= 9999.5 ? `${(n / 10000).toFixed(1)}万` : String(Math.round(n * 100) / 100).length > 4 ? String(Math.round(n)) : String(Math.round(n * 100) / 100);

  mj.loaded.add('timeline_scale');
})(window.mingjian ||= {loaded: new Set()});
