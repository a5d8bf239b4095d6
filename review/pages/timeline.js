// The days of a stay in lanes: what was written, measured, done and charged; gaps and leave shaded through all of them.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const WEEK = '日一二三四五六';
  const FIVE = 5, ROW = 23, WORDS = 30;  // lanes without T; px of a row; px from which a column takes a word
  const USUAL = ['operations', 'vitals', 'orders', 'notes', 'fees', 'presence', 'treatment', 'examinations', 'care'];
  const SHADES = {gap: '无任何在院迹象', leave: '请假'};
  const kept = new WeakMap();  // box → what is drawn in it

  // shown: timelines of the case; finding decides the lanes, whose evidence lane carries the numbers of the card
  mj.timeline = function (box, given) {
    const held = kept.get(box), width = box.clientWidth;
    const same = held && held.width === width && ['shown', 'finding', 'all', 'step'].every((name) => held.given[name] === given[name]);
    if (!same) drawAll(box, given, width);
    point(box, given.now);
  };
  mj.timelineStep = (box) => (kept.get(box) || {}).step;

  function drawAll(box, given, width) {
    const before = kept.get(box), drawn = pick(given), days = drawn.days;
    hide(box);
    const label = (width < 720 ? 92 : 104) + (box.classList.contains('timeline') ? 12 : 0), room = width - label - 14;
    const fits = mj.stepFor(days.length, room), step = given.step ? (fits > 1 ? 1 : fits) : fits;
    const columns = mj.columnsOf(days, step), size = Math.max(14, room / columns.length);
    const lanes = choose(drawn, given).map((lane) => ({...lane, shown: mj.cellsOf(lane, columns)}));
    const grid = el('div', {class: 'lanes' + (size < WORDS ? ' narrow' : ''), style: `grid-template-columns:${label}px repeat(${columns.length},minmax(14px,1fr));grid-template-rows:repeat(${lanes.length + 1},20px);`
      + (columns.length * 14 > room ? `width:${label + columns.length * 14}px` : '')});
    const state = {given, width, step, columns, lanes, grid, drawn, label, at: null, box};
    grid.append(...[corner(state, fits), columns.map((column, n) => head(column, n, size, columns)), shades(drawn, step, lanes.length + 1),
      lanes.map((lane, r) => [heading(lane, r, given), row(lane, r, size)])].flat(Infinity).filter(Boolean));
    kept.set(box, state);
    box.classList.toggle('all', Boolean(given.all));
    box.replaceChildren(grid, lanes.length ? '' : el('p', {class: 'muted'}, '这次住院没有能画在图上的记载。'));
    if (!before) listen(box);
  }
  function pick({shown, finding}) {
    const own = finding && shown[finding.id], base = own && own.days ? own : shown[''];
    return own ? {...base, lanes: {...base.lanes, ...own.lanes}} : base;
  }
  function choose(drawn, {finding, all}) {
    const named = finding ? finding.lanes : USUAL, known = Object.keys(drawn.lanes);
    const order = all ? [...(finding ? ['evidence'] : []), ...known] : [...named, ...USUAL.filter((name) => !named.includes(name))];
    const held = (name) => name === 'evidence' ? finding && evidence(finding, drawn.days) : drawn.lanes[name];
    const found = order.map((name) => held(name) && {...held(name), name}).filter(Boolean);
    return all ? found : found.slice(0, FIVE);
  }
  function evidence(finding, days) {
    const cells = days.map(() => ({}));
    for (const item of finding.evidence) {
      const cell = item.at ? cells[days.indexOf(item.at.slice(0, 10))] : null;
      if (!cell) continue;
      cell.as = cell.as === 'for' ? 'for' : item.says;
      cell.marks = [...(cell.marks || []), item.mark];
      cell.item = cell.item || item;
    }
    if (!finding.evidence.length) return null;
    return {label: '本项证据', cells, undated: finding.evidence.filter((item) => !item.at).length};
  }

  // drawing -------------------------------------------------------------------------------------------------
  const area = (r, c, wide) => `grid-area:${r + 1}/${c + 2}/auto/span ${wide || 1}`;
  const monthDay = (day) => `${Number(day.slice(5, 7))}-${Number(day.slice(8))}`;
  function corner(state, fits) {
    const {drawn, step} = state, first = drawn.days[0], left = drawn.left_out;
    const note = left ? `；后 ${left} 天未画` : '';
    if (fits === 1) return el('div', {class: 'label month', style: 'grid-area:1/1'}, `${first.slice(0, 4)} 年 ${Number(first.slice(5, 7))} 月`);
    return el('button', {class: 'label month scale', style: 'grid-area:1/1', title: `共 ${drawn.days.length + left} 天${note}；点击改为${step === 1 ? '全程' : '按日'}`,
      on: {click: () => state.given.rescale(step === 1 ? 0 : 1)}}, step === 1 ? '按日' : `每格 ${step} 天`, el('kbd', {}, '⇧T'));
  }
  function head(column, n, size, columns) {
    const at = new Date(column.first + 'T00:00'), style = `grid-area:1/${n + 2}`;
    if (size >= WORDS && column.from + 1 === column.until && columns.length <= 21) {
      return el('div', {class: 'cell day', style}, n > 0 && at.getDate() === 1 ? `${at.getMonth() + 1}/1` : String(at.getDate()), el('small', {}, WEEK[at.getDay()]));
    }
    const every = Math.max(1, column.until - column.from === 1 && columns.length > 7 ? Math.max(7 * Math.ceil(42 / (size * 7)), 7) : Math.ceil(42 / size));
    return n % every ? null : el('div', {class: 'cell day', style}, monthDay(column.first));
  }
  function shades(drawn, step, rows) {
    return drawn.shades.map((shade) => {
      const from = shade.from / step, until = (shade.from + shade.days) / step, c = Math.floor(from), wide = Math.max(1, Math.ceil(until) - c);
      const style = `grid-area:1/${c + 2}/${rows + 1}/span ${wide};margin-left:${100 * (from - c) / wide}%;width:${100 * (until - from) / wide}%`;
      return el('div', {class: 'shade ' + shade.as, style, title: SHADES[shade.as]});
    });
  }
  function heading(lane, r, given) {
    if (lane.name === 'vitals') return el('button', {class: 'label', style: `grid-area:${r + 2}/1`, title: '看体征图（V）', on: {click: (e) => { e.stopPropagation(); given.go({sheet: 'vitals_plot'}); }}}, lane.label);
    const extra = lane.undated ? el('span', {class: 'undated'}, '※') : null;
    return el('div', {class: 'label', style: `grid-area:${r + 2}/1`, title: lane.label + (lane.undated ? `；另有 ${lane.undated} 条没有时间，不在图上` : '')}, lane.label, extra);
  }
  function row(lane, r, size) {
    const out = [], fees = lane.shown.filter((cell) => cell.as === 'fee'), most = Math.max(1, ...fees.map((cell) => cell.n));
    const bars = fees.some((cell) => !fits(cell.text, size));  // numbers for the whole lane, or columns of their height
    if (lane.undated && !lane.shown.some((cell) => cell.as)) {
      return el('div', {class: 'cell none', style: area(r + 1, 0, lane.shown.length)}, `${lane.undated} 条没有时间，不在图上`);
    }
    lane.shown.forEach((cell, n) => {
      if (!cell.as) return;
      const last = out[out.length - 1], runs = cell.as === 'run' || cell.as === 'later';
      if (runs && last && last.cell.as === cell.as && last.cell.text === cell.text && last.n + last.wide === n) last.wide += 1;
      else out.push({cell, n, wide: 1});
    });
    return out.map(({cell, n, wide}) => draw(cell, area(r + 1, n, wide), size * wide, bars && most));
  }
  const fits = (text, size) => size >= 5 + 6.5 * String(text || '').length;
  function draw(cell, style, size, most) {
    if (cell.marks) {
      const text = [cell.marks.filter((mark) => !isLetter(mark)), cell.marks.filter(isLetter)].filter((marks) => marks.length).map(span).join(' ');
      return el('button', {class: 'cell ' + cell.as, style, tabindex: '-1', data: {marks: ' ' + cell.marks.join(' ') + ' '}, 'aria-label': '证据 ' + cell.marks.join('、')}, fits(text, size) ? text : size >= 18 || cell.marks.length === 1 ? cell.marks[0].slice(0, 2) + (cell.marks.length > 1 ? '+' : '') : '');
    }
    if (cell.as === 'half') return el('div', {class: 'cell half', style}, cell.halves.map((half) => el('i', {class: half})));
    if (cell.as === 'slices') return el('div', {class: 'cell slices', style}, cell.slices.map((slice) => el('i', {class: slice})));
    if (cell.as === 'share') return el('div', {class: 'cell share', style}, el('i', {style: `width:${100 * cell.share}%`}));
    if (cell.as === 'tick') return el('div', {class: 'cell tick', style}, cell.n > 1 && size >= WORDS ? `◆ ${cell.n}` : '◆');
    if (cell.as === 'cut') return el('div', {class: 'cell cut-mark', style}, size >= WORDS ? `▼ ${cell.n > 1 ? cell.n : '手术'}` : '▼');
    if (cell.as === 'fee' && most) return el('div', {class: 'cell level', style}, el('i', {style: `height:${Math.max(12, 100 * cell.n / most)}%`}));
    if (cell.as === 'run' || cell.as === 'later') return el('div', {class: 'cell ' + cell.as, style}, cell.text);
    return el('div', {class: 'cell ' + cell.as, style}, fits(cell.text, /[一-龥]/.test(cell.text) ? size / 1.8 : size) ? cell.text : '');
  }
  const isLetter = (mark) => /^[a-z]/.test(mark);
  const order = (mark) => isLetter(mark) ? mark.charCodeAt(0) * mark.length : Number(mark);
  function span(marks) {
    if (marks.length < 3) return marks.join(' ');
    const last = marks[marks.length - 1];
    return order(last) - order(marks[0]) === marks.length - 1 ? `${marks[0]}–${last}` : `${marks[0]}+`;
  }

  // where the active evidence stands; a lane wider than its panel is brought there
  function point(box, now) {
    const {grid} = kept.get(box), mark = now && now.mark;
    let cell = null;
    for (const one of grid.querySelectorAll('[data-marks]')) {
      const on = Boolean(mark) && one.dataset.marks.includes(` ${mark} `);
      one.classList.toggle('now', on);
      if (on) cell = one;
    }
    if (cell && grid.offsetWidth > box.clientWidth) box.scrollLeft = cell.offsetLeft - box.clientWidth / 2;
  }

  // one column in words, by pointer or by arrow keys ----------------------------------------------------------
  function listen(box) {
    const spot = (e) => {
      const state = kept.get(box), rect = state.grid.getBoundingClientRect(), c = Math.floor((e.clientX - rect.left - state.label) / ((rect.width - state.label) / state.columns.length));
      const inLabel = e.clientX < box.getBoundingClientRect().left + state.label;
      return inLabel || c < 0 || c >= state.columns.length ? null : {c, r: Math.floor((e.clientY - rect.top) / ROW) - 1};
    };
    box.addEventListener('mousemove', (e) => { const at = spot(e); if (at) tell(box, at, false); else hide(box); });
    box.addEventListener('mouseleave', () => hide(box));
    box.addEventListener('blur', () => hide(box));
    box.addEventListener('click', (e) => { const at = spot(e); if (at && !e.target.closest('.scale')) act(box, at); });
    box.addEventListener('keydown', (e) => keys(e, box));
    box.addEventListener('scroll', () => { const {at} = kept.get(box); if (at && at.byKey) place(at.told, at.edge, box); else hide(box); });
    new ResizeObserver(() => { const state = kept.get(box); if (box.clientWidth && box.clientWidth !== state.width) drawAll(box, state.given, box.clientWidth); }).observe(box);
  }
  function keys(e, box) {
    const state = kept.get(box), move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-9999, 0], End: [9999, 0]}[e.key];
    if (e.key === 'Enter' && state.at) act(box, state.at);
    else if (e.key === 'Escape' && state.at) hide(box);
    else if (!move || e.ctrlKey || e.altKey || e.metaKey) return;
    else {
      const at = state.at, bound = (n, most) => Math.max(0, Math.min(most, n));
      tell(box, at ? {c: bound(at.c + move[0], state.columns.length - 1), r: bound(at.r + move[1], state.lanes.length - 1)} : {c: 0, r: 0}, true);
    }
    e.preventDefault();
    e.stopPropagation();
  }
  function act(box, {c, r}) {
    const state = kept.get(box), lane = state.lanes[r], cell = lane && lane.shown[c];
    if (cell && cell.item) { hide(box); state.given.look(cell.item); return; }
    if (state.step > 1 && !(cell && cell.go && cell.as === 'cut')) { state.given.rescale(1, state.columns[c].first); return; }
    if (cell && cell.go) { hide(box); state.given.go(cell.go); }
  }
  // a coarse column opens as days, with its first day in the middle
  mj.timelineTo = function (box, day) {
    const state = kept.get(box), c = state.columns.findIndex((column) => column.first <= day && day <= column.last);
    if (c < 0) return;
    tell(box, {c, r: 0}, true);
    box.scrollLeft = state.at.edge.offsetLeft - box.clientWidth / 2;
    tell(box, {c, r: 0}, true);
  };

  function tell(box, {c, r}, byKey) {
    const state = kept.get(box);
    if (state.at && state.at.c === c && state.at.r === r && state.at.byKey === byKey) return;
    hide(box);
    const edge = el('div', {class: 'edge', style: `grid-area:1/${c + 2}/${state.lanes.length + 2}`}), inner = el('div', {class: 'edge cellwise', style: `grid-area:${Math.max(0, r) + 2}/${c + 2}`});
    state.grid.append(edge, ...(r >= 0 && r < state.lanes.length ? [inner] : []));
    state.at = {c, r, byKey, edge, inner};
    if (byKey && state.grid.offsetWidth > box.clientWidth) edge.scrollIntoView({block: 'nearest', inline: 'nearest'});
    state.at.told = el('div', {class: 'day-told', role: 'status'}, ...words(state, c, r));
    box.closest('.mj').append(state.at.told);
    place(state.at.told, edge, box);
  }
  function place(told, edge, box) {
    const at = edge.getBoundingClientRect(), panel = box.getBoundingClientRect(), size = told.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 8));
    const below = Math.min(panel.bottom, at.bottom) + 6, top = below + size.height < innerHeight - 4 ? below : Math.max(4, Math.max(panel.top, at.top) - size.height - 6);
    told.style.left = `${left}px`;
    told.style.top = `${top}px`;
  }
  function words(state, c, r) {
    const column = state.columns[c], {drawn} = state, begins = new Date(drawn.days[0] + 'T00:00');
    const nth = (day) => Math.round((new Date(day + 'T00:00') - begins) / 864e5) + 1, at = new Date(column.first + 'T00:00');
    const title = column.first === column.last ? `${column.first} 周${WEEK[at.getDay()]} · 第 ${nth(column.first)} 天` : `${column.first} 至 ${column.last.slice(5)} · 第 ${nth(column.first)}–${nth(column.last)} 天`;
    const lines = Object.values(drawn.lanes).map((lane) => {
      const cell = mj.cellsOf(lane, [column])[0], label = state.lanes[r] && state.lanes[r].label === lane.label ? el('b', {class: 'strong'}, lane.label) : lane.label;
      const counted = cell.says && column.first === column.last && ['tick', 'span', 'cut'].includes(cell.as) && cell.n > 1;
      const said = counted ? `${cell.n} 条：${cell.says}` : cell.says || cell.text || '';
      return cell.as ? [el('dt', {}, label), el('dd', {}, said)] : null;
    }).filter(Boolean);
    const foot = state.step > 1 ? '点击或 Enter：展开为每日' : '点击或 Enter：到病历的这一处';
    return [el('b', {class: 'strong'}, title), lines.length ? el('dl', {}, lines) : el('p', {class: 'muted'}, '这一天没有任何记载。'), el('p', {class: 'muted small'}, foot)];
  }
  function hide(box) {
    const state = kept.get(box);
    if (!state || !state.at) return;
    for (const part of [state.at.edge, state.at.inner, state.at.told]) part.remove();
    state.at = null;
  }

  mj.loaded.add('timeline');
})(window.mingjian ||= {loaded: new Set()});
