// Who has whose words: a dot for each document in its ward at its time, a line from the earlier to the later of a pair.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all), svg = (...all) => mj.svg(...all);
  const FEW_LINES = 160, FEW_DOTS = 26, MOST_WARDS = 24, LISTED = 60, LEFT = 104, AXIS = 26, GUTTER = 46;
  const LEAST = [[0, '全部'], [0.5, '五成以上'], [0.8, '八成以上']];

  // open(here, there): two dots, the later first; own: the key of the open case
  mj.drawMap = function (box, tools, shown, open, own) {
    const state = {least: 0, found: false, listed: LISTED, at: -1, ward: '', label: ''};
    if (!shown.pairs.length) {
      box.replaceChildren(el('div', {class: 'empty'}, el('p', {}, shown.reason + '。'), shown.documents ? el('p', {class: 'small muted'}, `比对 ${shown.documents} 份文书，模板套语占 ${mj.percent(shown.template_share)}，已扣除。`) : ''));
      return {};
    }
    const filters = el('div', {class: 'map-filters'}), picture = el('div', {class: 'panel map', tabindex: '0', role: 'group', 'aria-label': '雷同图，方向键逐份看，Enter 并排对照'}), list = el('div', {class: 'panel pairs scroll', tabindex: '0', 'aria-label': '各对'});
    const telling = mj.telling(box);
    tools.replaceChildren(...[['later', '较晚写成'], ['earlier', '较早'], ['found', '有疑点']].map(([as, name]) => el('span', {class: 'key-of small muted'}, el('i', {class: 'dot ' + as}), name)));
    box.replaceChildren(el('section', {class: 'rates'}, head(), mj.levels(shown.levels, -1, `${shown.documents} 份文书与他人相同最多的比例（除模板），份`)), filters, el('div', {class: 'map-sides'}, picture, list));
    const observer = new ResizeObserver(() => picture.isConnected ? drawPicture() : observer.disconnect());
    let laid = {dots: [], pairs: []};
    listen();
    redraw();
    observer.observe(picture);
    return {leave: () => { telling.hide(); observer.disconnect(); }, step: (by) => move(by, 0)};

    function head() {
      const found = shown.pairs.filter((pair) => pair.found).length, dots = shown.dots.length;
      return el('div', {class: 'rate-bars'}, el('h3', {}, '谁的文字在谁那里'), el('p', {}, `比对 ${shown.documents} 份文书，扣除模板套语（占全部文字 ${mj.percent(shown.template_share)}）后，`, el('b', {class: 'strong'}, `${shown.pairs_in_all} 对`), ` 不同患者的文书仍有相同文字，涉及 ${dots} 份，其中 `,
        el('b', {class: 'strong'}, `${found} 对有疑点`), '。', shown.pairs.length < shown.pairs_in_all ? `只画最相同的 ${shown.pairs.length} 对。` : ''),
        el('p', {class: 'small muted'}, '相同本身不说明问题：公开的真实病历中，约一半文字会重复。连线只说明文字相同，从较早的指向较晚的，不等于抄用。'));
    }
    function wanted() {
      const within = (pair) => !state.ward || [pair.here, pair.there].some((n) => shown.dots[n].ward === state.ward);
      return shown.pairs.filter((pair) => pair.share >= state.least && (!state.found || pair.found) && within(pair));
    }
    function redraw() {
      state.at = -1;
      drawFilters();
      drawPicture();
      drawList();
    }
    function drawFilters() {
      const set = (change) => () => { Object.assign(state, change, {listed: LISTED}); redraw(); }, found = shown.pairs.some((pair) => pair.found);
      filters.replaceChildren(el('span', {class: 'small muted'}, '相同比例'), ...LEAST.map(([least, name]) => el('button', {class: 'pill', 'aria-pressed': String(state.least === least), on: {click: set({least})}}, name)),
        ...(found ? [el('button', {class: 'pill', 'aria-pressed': String(state.found), on: {click: set({found: !state.found})}}, '只看有疑点')] : []),
        ...(state.ward ? [el('button', {class: 'pill on', on: {click: set({ward: ''})}}, state.ward + ' ✕')] : []), el('span', {class: 'push small muted'}, `${wanted().length} 对`));
    }

    // the picture ---------------------------------------------------------------------------------------------
    function layOut(wide, high) {
      const pairs = wanted(), used = [...new Set(pairs.flatMap((pair) => [pair.here, pair.there]))], byWard = new Map();
      for (const n of used) byWard.set(shown.dots[n].ward, (byWard.get(shown.dots[n].ward) || 0) + 1);
      const first = [...byWard].sort((a, b) => b[1] - a[1]).map(([ward]) => ward), rest = first.length > MOST_WARDS ? first.splice(MOST_WARDS - 1) : [];
      const wards = rest.length ? [...first, `其余 ${rest.length} 科`] : first, rowOf = (ward) => Math.min(wards.length - 1, first.includes(ward) ? first.indexOf(ward) : wards.length - 1);
      const times = used.map((n) => shown.dots[n].at).filter((at) => at !== null), from = Math.min(...times), until = Math.max(...times, from + 1440);
      const untimed = used.some((n) => shown.dots[n].at === null) ? GUTTER : 0, right = wide - (used.length <= FEW_DOTS ? 84 : 16), left = LEFT + untimed;
      const row = Math.max(26, Math.min(used.length <= FEW_DOTS ? 150 : 120, (high - AXIS) / wards.length)), x = (at) => at === null ? LEFT + untimed / 2 : left + 8 + (at - from) / (until - from) * (right - left - 8);
      const bins = new Map();
      const dots = used.map((n) => ({n, x: x(shown.dots[n].at), row: rowOf(shown.dots[n].ward)})).sort((a, b) => a.x - b.x || a.n - b.n);
      for (const dot of dots) { const key = `${dot.row}:${Math.round(dot.x / 9)}`; bins.set(key, [...(bins.get(key) || []), dot]); }
      const most = Math.max(...[...bins.values()].map((own) => own.length), 1), size = Math.max(2.4, Math.min(9, (row - 6) / most));
      for (const own of bins.values()) own.forEach((dot, k) => {
        const offset = (k - (own.length - 1) / 2) * size, edge = row / 2 - 4;
        Object.assign(dot, {x: own.length > 1 ? 9 * Math.round(dot.x / 9) : dot.x, y: row * (dot.row + 0.5) + Math.max(-edge, Math.min(edge, offset))});
      });
      const source = new Set(pairs.map((pair) => pair.there)), copies = new Set(pairs.map((pair) => pair.here)), marked = new Set(pairs.filter((pair) => pair.found).map((pair) => pair.here));
      for (const dot of dots) dot.as = marked.has(dot.n) ? 'found' : copies.has(dot.n) ? 'later' : source.has(dot.n) ? 'earlier' : 'later';
      return {pairs, dots, wards, row, size: Math.max(3.2, Math.min(6, size * 0.72)), from, until, x, right, untimed, first, high: row * wards.length + AXIS};
    }
    function drawPicture() {
      const wide = picture.clientWidth, high = picture.clientHeight;
      if (!wide) return;
      telling.hide();
      laid = layOut(wide - 2, Math.max(180, high - (wanted().length > FEW_LINES ? 34 : 8)));
      const {dots, pairs, wards, row, right, size} = laid, place = new Map(dots.map((dot) => [dot.n, dot]));
      const few = pairs.length <= FEW_LINES, drawn = pairs.filter((pair) => pair.found || few), bottom = row * wards.length;
      const rows = wards.map((ward, r) => [svg('line', {class: 'rule', x1: LEFT, x2: right + 8, y1: row * (r + 0.5), y2: row * (r + 0.5)}), label(ward, r)]);
      const ordered = [...dots].sort((a, b) => (a.as === 'found') - (b.as === 'found'));
      picture.replaceChildren(svg('svg', {width: wide - 2, height: laid.high, viewBox: `0 0 ${wide - 2} ${laid.high}`}, rows, months(bottom), svg('g', {class: 'lines'}, drawn.map((pair) => line(pair, place))), svg('g', {class: 'lit'}),
        svg('g', {class: 'dots'}, ordered.map((dot) => mark(dot, size))), dots.length <= FEW_DOTS ? dots.map((dot) => svg('text', {class: 'who-is', x: dot.x + 8, y: dot.y + 16}, shown.dots[dot.n].name)) : null),
      few ? '' : el('p', {class: 'small muted lines-left'}, `没有疑点的 ${pairs.length - drawn.length} 对不画线，指到点时显示`));
    }
    function label(ward, r) {
      const text = svg('text', {class: 'ward', x: 10, y: laid.row * (r + 0.5) + 4, 'data-ward': laid.first.includes(ward) ? ward : ''}, ward.length > 7 ? ward.slice(0, 6) + '…' : ward);
      text.append(svg('title', {}, ward));
      return text;
    }
    function months(bottom) {
      const {from, until, x, untimed} = laid, days = (until - from) / 1440, out = [], first = new Date(from * 60000), two = (n) => String(n).padStart(2, '0');
      const step = days > 420 ? 3 : 1, at = days > 75 ? new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1)) : new Date(Math.ceil(from / 1440) * 864e5);
      const jump = days > 75 ? null : Math.max(1, Math.ceil(days / 9));
      for (let last = -99; at.getTime() / 60000 <= until && out.length < 80; jump ? at.setUTCDate(at.getUTCDate() + jump) : at.setUTCMonth(at.getUTCMonth() + step)) {
        const px = x(at.getTime() / 60000);
        if (px - last < 44) continue;
        last = px;
        const words = jump ? `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}` : at.getUTCMonth() === 0 || !out.length ? `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}` : `${at.getUTCMonth() + 1} 月`;
        out.push(svg('line', {class: 'month', x1: px, x2: px, y1: 0, y2: bottom}), svg('text', {class: 'tick', x: px + 3, y: bottom + 16}, words));
      }
      if (untimed) out.push(svg('text', {class: 'tick', x: LEFT, y: bottom + 16}, '无时间'));
      return out;
    }
    function line(pair, place) {
      const a = place.get(pair.there), b = place.get(pair.here), bow = Math.min(laid.row * 0.9, 14 + Math.abs(a.x - b.x) * 0.16), up = a.row === b.row ? -bow : 0;
      const mx = (a.x + b.x) / 2 + (a.row === b.row ? 0 : bow * 0.6), my = Math.max(4, (a.y + b.y) / 2 + up), angle = Math.atan2(b.y - my, b.x - mx), tip = laid.size + 1;
      const ex = b.x - Math.cos(angle) * tip, ey = b.y - Math.sin(angle) * tip, wing = (turn) => `${ex - 7 * Math.cos(angle + turn)},${ey - 7 * Math.sin(angle + turn)}`;
      return [svg('path', {class: 'pair' + (pair.found ? ' found' : ''), d: `M${a.x},${a.y}Q${mx},${my} ${ex},${ey}`}), svg('path', {class: 'tip' + (pair.found ? ' found' : ''), d: `M${wing(0.42)}L${ex},${ey}L${wing(-0.42)}`})];
    }
    function mark(dot, size) {
      const ours = shown.dots[dot.n].case === own ? ' ours' : '', half = size / 2 + (dot.as === 'found' ? 1.4 : 0);
      return dot.as === 'found' ? svg('rect', {class: 'dot found' + ours, 'data-n': dot.n, x: dot.x - half, y: dot.y - half, width: 2 * half, height: 2 * half, transform: `rotate(45 ${dot.x} ${dot.y})`})
        : svg('circle', {class: `dot ${dot.as}${ours}`, 'data-n': dot.n, cx: dot.x, cy: dot.y, r: half});
    }

    // pointing, keys ------------------------------------------------------------------------------------------
    function strongest(n) {
      return laid.pairs.filter((pair) => pair.here === n || pair.there === n).sort((a, b) => Boolean(b.found) - Boolean(a.found) || b.share - a.share);
    }
    function light(n) {
      const group = picture.querySelector('.lit'), place = new Map(laid.dots.map((dot) => [dot.n, dot])), dot = place.get(n);
      if (!group || !dot) return;
      const own = strongest(n), one = shown.dots[n], size = laid.size / 2 + 5;
      group.replaceChildren(...own.slice(0, 60).flatMap((pair) => line(pair, place)), svg('circle', {class: 'ring', cx: dot.x, cy: dot.y, r: size}));
      const box = picture.getBoundingClientRect(), top = box.top + dot.y - picture.scrollTop, left = box.left + dot.x - picture.scrollLeft;
      telling.show({left: left - 6, top: top - 8, bottom: top + 8, width: 12}, el('b', {class: 'strong'}, `${one.name} · ${one.kind}`), el('p', {class: 'muted'}, `${one.ward} · ${stamp(one.at)}`),
        el('dl', {}, own.slice(0, 4).flatMap((pair) => { const other = shown.dots[pair.here === n ? pair.there : pair.here]; return [el('dt', {}, mj.percent(pair.share)), el('dd', {}, `${pair.here === n ? '与较早的' : '与较晚的'} ${other.name} ${other.kind}，${pair.own} 字${pair.found ? '，有疑点' : ''}`)]; })),
        el('p', {class: 'muted small'}, `${own.length > 4 ? `另 ${own.length - 4} 对；` : ''}点击或 Enter：并排对照`));
    }
    function dark() { telling.hide(); const group = picture.querySelector('.lit'); if (group) group.replaceChildren(); }
    function openDot(n) { const [pair] = strongest(n); if (pair) { telling.hide(); open(shown.dots[pair.here], shown.dots[pair.there]); } }
    function move(by, rows) {
      const {dots} = laid, now = dots[state.at];
      if (!now) state.at = 0;
      else if (rows) {
        const other = dots.filter((dot) => (dot.row - now.row) * rows > 0), nearest = Math.min(...other.map((dot) => Math.abs(dot.row - now.row)));
        const own = other.filter((dot) => Math.abs(dot.row - now.row) === nearest).sort((a, b) => Math.abs(a.x - now.x) - Math.abs(b.x - now.x))[0];
        if (own) state.at = dots.indexOf(own);
      } else state.at = Math.max(0, Math.min(dots.length - 1, state.at + by));
      light(dots[state.at].n);
    }
    function listen() {
      const dotAt = (e) => e.target.closest && e.target.closest('[data-n]');
      picture.addEventListener('mousemove', (e) => { const dot = dotAt(e); if (dot) light(Number(dot.dataset.n)); else if (state.at < 0) dark(); });
      picture.addEventListener('mouseleave', dark);
      picture.addEventListener('blur', () => { state.at = -1; dark(); });
      picture.addEventListener('scroll', telling.hide);
      picture.addEventListener('click', (e) => {
        const dot = dotAt(e), ward = e.target.dataset && e.target.dataset.ward;
        if (dot) openDot(Number(dot.dataset.n)); else if (ward) { state.ward = state.ward === ward ? '' : ward; redraw(); }
      });
      picture.addEventListener('keydown', (e) => {
        const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
        if (way) move(...way); else if (e.key === 'Enter' && state.at >= 0) openDot(laid.dots[state.at].n); else return;
        e.preventDefault();
        e.stopPropagation();
      });
    }

    // the list ------------------------------------------------------------------------------------------------
    function stamp(at) { return at === null ? '未注明时间' : new Date(at * 60000).toISOString().slice(0, 16).replace('T', ' '); }
    function drawList() {
      const all = wanted(), rows = all.slice(0, state.listed);
      list.replaceChildren(el('ul', {}, rows.map((pair) => {
        const here = shown.dots[pair.here], there = shown.dots[pair.there], gap = here.at !== null && there.at !== null ? Math.round((here.at - there.at) / 1440) : null;
        return el('li', {}, el('button', {class: pair.found ? 'found' : '', on: {click: () => open(here, there), focus: () => light(pair.here), blur: dark}}, el('span', {class: 'share-of'}, el('b', {}, mj.percent(pair.share)), el('small', {}, `${pair.own} 字`)),
          el('span', {class: 'from-to'}, el('span', {class: 'cut'}, there.name, el('span', {class: 'muted'}, ' → '), here.name), el('small', {class: 'muted cut'}, `${gap === null ? '' : gap ? `隔 ${gap} 天 · ` : '同日 · '}${here.kind} · ${here.ward === there.ward ? here.ward : there.ward + ' → ' + here.ward}`)),
          pair.found ? el('span', {class: 'pill'}, '疑点') : null));
      })), all.length > rows.length ? el('button', {class: 'btn', on: {click: () => { state.listed += LISTED; drawList(); }}}, `再看 ${Math.min(LISTED, all.length - rows.length)} 对，共 ${all.length} 对`) : '',
      all.length ? '' : el('p', {class: 'muted none'}, '没有符合的。'));
    }
  };

  mj.loaded.add('likeness_map');
})(window.mingjian ||= {loaded: new Set()});
