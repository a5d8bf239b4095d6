// The drawings of 总览: bars, columns, dots and intervals from zero. A mark is a link to its cases and says itself in words.
(function (mj) {
  'use strict';
  const svg = (...all) => mj.svg(...all);
  const VERDICTS = ['confirm', 'ask', '', 'reject'], WORDS = ['确认', '待补材料', '待定', '不成立'];
  const ROW = 32, THICK = 14, AXIS = 'var(--line-2)';
  const LOWEST = 0.01;  // yuan
  const measuring = document.createElement('canvas').getContext('2d');
  let drawings = 0;

  const money = (yuan) => mj.yuan(yuan);
  function fitted(words, width, size) {
    measuring.font = `${size || 14}px ${getComputedStyle(document.querySelector('.mj')).fontFamily}`;
    if (measuring.measureText(words).width <= width) return words;
    const letters = mj.letters(words);
    while (letters.length > 1 && measuring.measureText(letters.join('') + '…').width > width) letters.pop();
    return letters.join('') + '…';
  }
  const widest = (groups, size) => {
    measuring.font = `${size || 14}px ${getComputedStyle(document.querySelector('.mj')).fontFamily}`;
    return Math.ceil(Math.max(0, ...groups.map((one) => measuring.measureText(one.name).width)));
  };
  const write = (x, y, words, more) => svg('text', {x, y, 'font-size': 14, fill: 'var(--ink)', ...more}, words);
  const small = (x, y, words, more) => write(x, y, words, {'font-size': 12, fill: 'var(--ink-3)', ...more});
  const number = (x, y, words, more) => write(x, y, words, {'text-anchor': 'end', ...more});

  // a picture as wide as its box; the hatch has a name of its own in every picture
  function picture(width, height, label, draw) {
    const hatch = `hatch-${++drawings}`;
    const pattern = svg('pattern', {id: hatch, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
      svg('rect', {width: 6, height: 6, fill: 'var(--for-bg)'}), svg('rect', {width: 3, height: 6, fill: 'var(--for-line)'}));
    const fills = [{fill: 'var(--accent)'}, {fill: `url(#${hatch})`, stroke: 'var(--for-line)'}, {fill: 'var(--surface)', stroke: 'var(--line-3)', 'stroke-width': 1.5},
      {fill: 'var(--line)', stroke: 'var(--line-2)'}];
    return svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': label, 'font-family': 'inherit'}, svg('defs', {}, pattern), draw(fills));
  }
  const link = (href, words, ...children) => {
    const node = svg(href ? 'a' : 'g', {...(href ? {href} : {}), 'aria-label': words, class: href ? 'mark' : null}, svg('title', {}, words), ...children);
    return node;
  };
  const area = (x, y, width, height) => svg('rect', {x, y, width: Math.max(0, width), height, fill: 'transparent'});
  // pieces laid end to end from x; an outline stays within its piece
  function stacked(x, y, high, pieces, fills) {
    return pieces.map((wide, n) => {
      if (!(wide > 0)) return null;
      const inset = fills[n].stroke ? 0.75 : 0, shown = Math.max(wide, 2);
      const piece = svg('rect', {x: x + inset, y: y + inset, width: Math.max(0.5, shown - 2 * inset), height: high - 2 * inset, ...fills[n]});
      x += shown;
      return piece;
    });
  }
  const told = (by) => WORDS.map((word, n) => by[n] ? `${word} ${by[n]}` : '').filter(Boolean).join('，');

  function family(kind, x, y) {
    const colour = `var(--${kind})`, shape = kind === 'charges' ? svg('circle', {cx: x + 10, cy: y, r: 9.25, fill: 'none', stroke: colour, 'stroke-width': 1.5})
      : svg('rect', {x: x + 0.75, y: y - 9.25, width: 18.5, height: 18.5, rx: kind === 'admission' ? 4 : 0, fill: 'none', stroke: colour, 'stroke-width': 1.5});
    return [kind === 'documents' ? svg('path', {d: `M${x + 20.5} ${y - 7}V${y + 10.5}H${x + 3}`, fill: 'none', stroke: colour, 'stroke-width': 1.5}) : null, shape,
      svg('text', {x: x + 10, y: y + 4.5, 'text-anchor': 'middle', 'font-size': 12, 'font-weight': 600, fill: colour}, {admission: '住', charges: '费', documents: '书'}[kind])];
  }

  mj.drawViolations = (groups, width, to) => picture(width, 22 + ROW * groups.length, '按违规类型的金额', (fills) => {
    const name = 30, room = Math.min(widest(groups), Math.max(104, 0.26 * width)), count = name + room + 32, bar = count + 12, end = width - 98, most = Math.max(LOWEST, ...groups.map((one) => one.yuan.reduce((sum, part) => sum + part, 0)));
    return [number(count, 13, '项', {'font-size': 12, fill: 'var(--ink-3)'}), number(width, 13, '元', {'font-size': 12, fill: 'var(--ink-3)'}), groups.map((one, n) => {
      const y = 22 + n * ROW, middle = y + ROW / 2, none = !one.counted || one.yuan.every((part) => !part);
      return link(to({violation: one.key}), `${one.name}：${one.findings} 项（${told(one.by)}），涉及 ${none ? '不计金额' : money(one.amount) + ' 元'}`, area(0, y, width, ROW), family(one.family, 0, middle),
        write(name, middle + 5, fitted(one.name, room)), number(count, middle + 5, one.findings),
        none ? small(bar, middle + 4, '不计金额') : stacked(bar, middle - THICK / 2, THICK, one.yuan.map((part) => (end - bar) * part / most), fills),
        number(width, middle + 5, none ? '—' : money(one.amount), none ? {fill: 'var(--ink-3)'} : {}));
    })];
  });

  mj.drawDepartments = (groups, width, to) => picture(width, ROW * groups.length, '按科室的金额', () => {
    const room = Math.min(widest(groups), Math.max(84, 0.24 * width)), count = room + 84, bar = count + 8, end = width - 84, most = Math.max(LOWEST, ...groups.map((one) => one.amount));
    return groups.map((one, n) => {
      const y = n * ROW, middle = y + ROW / 2, found = one.findings > 0, quiet = found ? {} : {fill: 'var(--ink-3)'};
      return link(found ? to({department: one.key}) : null, `${one.name}：住院 ${one.stays} 例，疑点 ${one.findings} 项，涉及 ${money(one.amount)} 元`, area(0, y, width, ROW),
        write(0, middle + 5, fitted(one.name, room), quiet), number(count, middle + 4, `${one.stays} 例 ${one.findings} 项`, {'font-size': 12, fill: 'var(--ink-3)'}),
        found ? svg('rect', {x: bar, y: middle - 6, width: Math.max(one.amount ? 2 : 0, (end - bar) * one.amount / most), height: 12, fill: 'var(--accent)', opacity: 0.85}) : small(bar, middle + 4, '未见疑点'),
        number(width, middle + 5, found ? money(one.amount) : '0', quiet));
    });
  });

  mj.drawMonths = (groups, width, to) => picture(width, 176, '按入院月份的金额', () => {
    const band = width / Math.max(1, groups.length), base = 128, high = 104, most = Math.max(LOWEST, ...groups.map((one) => one.amount));
    const thousands = (yuan) => !yuan ? '' : yuan < 100 ? '<0.1' : (yuan / 1000).toFixed(yuan < 1e5 ? 1 : 0);
    return groups.map((one, n) => {
      const x = n * band, middle = x + band / 2, tall = one.amount ? Math.max(2, high * one.amount / most) : 0, month = one.key.slice(5), first = n === 0 || month === '01';
      return link(one.findings ? to({month: one.key}) : null, `${one.name}：住院 ${one.stays} 例，疑点 ${one.findings} 项，涉及 ${money(one.amount)} 元`, area(x, 0, band, 176),
        svg('rect', {x: x + 2, y: base - tall, width: Math.max(1, band - 4), height: tall, fill: 'var(--accent)', opacity: 0.85}), svg('line', {x1: x + 2, x2: x + band - 2, y1: base + 0.5, y2: base + 0.5, stroke: AXIS}),
        small(middle, base - tall - 5, band < 26 ? '' : thousands(one.amount), {'text-anchor': 'middle', 'font-size': 11, fill: 'var(--ink-2)'}),
        small(middle, base + 16, month ? String(Number(month)) : '未写', {'text-anchor': 'middle', fill: 'var(--ink-2)'}), small(middle, base + 31, one.findings || '·', {'text-anchor': 'middle', 'font-size': 11}),
        first && month ? small(middle, base + 46, one.key.slice(0, 4), {'text-anchor': 'middle', 'font-size': 11}) : null);
    });
  });

  // a decade is as wide as every other; the axis begins and ends at a whole one
  function decades(amounts) {
    const low = Math.floor(Math.log10(Math.min(...amounts))), high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...amounts))));
    return {low, high, at: (yuan) => (Math.log10(yuan) - low) / (high - low)};
  }
  function axis(left, width, base, scale) {
    const steps = scale.high - scale.low <= 3 ? [1, 3] : [1], ticks = [];
    for (let power = scale.low; power <= scale.high; power++) for (const step of steps) if (power < scale.high || step === 1) ticks.push(step * 10 ** power);
    return [svg('line', {x1: left, x2: left + width, y1: base + 0.5, y2: base + 0.5, stroke: AXIS}), ticks.map((yuan) => [
      svg('line', {x1: left + width * scale.at(yuan), x2: left + width * scale.at(yuan), y1: base, y2: base + 4, stroke: AXIS}),
      small(left + width * scale.at(yuan), base + 17, yuan.toLocaleString('zh-CN'), {'text-anchor': 'middle', 'font-size': 11})])];
  }
  mj.drawDots = function (dots, width, to) {
    const scale = decades(dots.map((one) => one.amount)), left = 14, wide = width - 40, taken = [];
    const placed = dots.map((one) => {
      const x = left + wide * scale.at(one.amount);
      let level = 0;
      while (taken.some((other) => other.level === level && Math.abs(other.x - x) < 13)) level++;
      taken.push({x, level});
      return {one, x, level};
    });
    const base = 22 + 13 * Math.max(3, ...placed.map((dot) => dot.level + 1));
    return picture(width, base + 24, '金额分布', (fills) => [axis(left, wide, base, scale), placed.map(({one, x, level}) => {
      const n = VERDICTS.indexOf(one.verdict), y = base - 9 - 13 * level;
      return link(to({case: one.case, finding: one.finding}), `${one.title} ${money(one.amount)} 元，${WORDS[n]}`, area(x - 7, y - 7, 14, 14),
        svg('circle', {cx: x, cy: y, r: n === 0 ? 5.5 : 4.75, ...fills[n], ...(n === 1 ? {'stroke-dasharray': '3 2', 'stroke-width': 1.5} : {})}));
    })]);
  };
  mj.drawBins = function (bins, width, to) {
    const first = bins[0].low, last = bins[bins.length - 1].high, scale = decades([first, last]), left = 14, wide = width - 40, base = 132, high = 108;
    const most = Math.max(...bins.map((one) => one.by.reduce((sum, n) => sum + n, 0)));
    return picture(width, base + 24, '金额分布', (fills) => [axis(left, wide, base, scale), bins.map((one) => {
      const x = left + wide * scale.at(one.low), to_ = left + wide * scale.at(one.high), count = one.by.reduce((sum, n) => sum + n, 0);
      let y = base;
      return count ? link(to({from: one.low.toFixed(2), to: one.high.toFixed(2)}), `${money(one.low)} 至 ${money(one.high)} 元：${count} 项（${told(one.by)}）`, area(x, base - high, to_ - x, high), one.by.map((n, place) => {
        const tall = high * n / most;
        y -= tall;
        return n ? svg('rect', {x: x + 0.75, y: y + 0.5, width: Math.max(1, to_ - x - 1.5), height: Math.max(1, tall - 0.5), ...fills[place], 'stroke-width': 1}) : null;
      })) : null;
    })]);
  };

  mj.drawChecks = (checks, few, width, to) => picture(width, ROW * checks.length + 22, '各规则的确认率', () => {
    const name = 74, count = 206, left = 218, wide = Math.max(40, width - left - 10), x = (share) => left + wide * share, bottom = ROW * checks.length;
    return [[0, 0.5, 1].map((share) => [svg('line', {x1: x(share), x2: x(share), y1: 0, y2: bottom, stroke: 'var(--line)'}),
      small(x(share), bottom + 16, `${100 * share} %`, {'text-anchor': share === 0 ? 'start' : share === 1 ? 'end' : 'middle', 'font-size': 11})]), checks.map((one, n) => {
      const y = n * ROW, middle = y + ROW / 2, thin = one.decided < few, dot = thin ? 'var(--line-3)' : 'var(--accent)';
      const said = one.share ? `确认 ${one.by[0]} / 已判 ${one.decided}，95 % 区间 ${mj.percent(one.share[1])} 至 ${mj.percent(one.share[2])}` : '尚无决定';
      return link(to({check: one.key}), `${one.key} ${one.name}：${said}`, area(0, y, width, ROW), write(0, middle + 5, one.key, {'font-size': 13, fill: 'var(--accent)'}),
        write(name, middle + 5, fitted(one.name.replace(/^疑似/, ''), 92, 13), {'font-size': 13}), number(count, middle + 5, `${one.by[0]}/${one.decided}`, {'font-size': 13}),
        one.share ? [svg('line', {x1: x(one.share[1]), x2: x(one.share[2]), y1: middle, y2: middle, stroke: 'var(--ink-3)', 'stroke-width': 2}),
          svg('circle', {cx: x(one.share[0]), cy: middle, r: 5, fill: thin ? 'var(--surface)' : dot, stroke: dot, 'stroke-width': 2})] : small(left + 8, middle + 4, '尚无决定'));
    })];
  });

  mj.drawProgress = (stages, people, width) => picture(width, 76 + (people.length ? 24 + ROW * people.length : 0), '审核进度', (fills) => {
    const band = width / stages.length, bar = Math.round(width * 0.4), end = width - 150;
    return [stages.map((one, n) => [svg('rect', {x: n * band, y: 2, width: band - 4, height: 3, fill: 'var(--line-2)'}),
      svg('rect', {x: n * band, y: 2, width: one.of ? (band - 4) * one.count / one.of : 0, height: 3, fill: 'var(--accent)'}),
      write(n * band + band / 2, 32, one.of ? one.count : '—', {'text-anchor': 'middle', 'font-size': 20, 'font-weight': 600}),
      small(n * band + band / 2, 52, one.of ? `${one.name} / ${one.of} ${one.unit}` : `${one.name} 无`, {'text-anchor': 'middle'})]),
    people.length ? [small(0, 82, '专家'), number(end + 54, 82, '例', {'font-size': 12, fill: 'var(--ink-3)'}), number(width, 82, '每例中位', {'font-size': 12, fill: 'var(--ink-3)'})] : null,
    people.map((one, n) => {
      const middle = 90 + n * ROW + ROW / 2, wide = end - bar, words = `${one.name} ${one.part === 'second' ? '复审' : '首审'}：完成 ${one.done} / ${one.cases} 例`;
      return link(null, words, write(0, middle + 5, fitted(one.name, bar - 60), {'font-weight': 600}), small(bar - 46, middle + 4, one.part === 'second' ? '复审' : '首审'),
        stacked(bar, middle - THICK / 2, THICK, [wide * one.done / one.cases, 0, wide * (one.cases - one.done) / one.cases, 0], fills),
        number(end + 54, middle + 5, `${one.done} / ${one.cases}`), number(width, middle + 4, mj.spell(one.seconds), {'font-size': 12, fill: 'var(--ink-3)'}));
    })];
  });
  mj.spell = (seconds) => seconds === null ? '—' : seconds < 60 ? `${Math.round(seconds)} 秒` : `${Math.floor(seconds / 60)} 分 ${String(Math.round(seconds % 60)).padStart(2, '0')} 秒`;

  // The picture as a file: colours and letters of the light page written into it, on white, twice as fine.
  mj.asPicture = async function (node, title) {
    const style = getComputedStyle(document.querySelector('.mj')), box = node.getBoundingClientRect(), edge = 16, top = 40;
    const inner = new XMLSerializer().serializeToString(node).replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim()).replace(/font-family="inherit"/, '');
    const whole = mj.svg('svg', {width: box.width + 2 * edge, height: box.height + top + edge, 'font-family': style.fontFamily});
    const ground = style.getPropertyValue('--surface').trim(), ink = style.getPropertyValue('--ink').trim();
    whole.append(mj.svg('rect', {width: '100%', height: '100%', fill: ground}), mj.svg('text', {x: edge, y: 26, 'font-size': 15, 'font-weight': 600, fill: ink}, title));
    const text = new XMLSerializer().serializeToString(whole).replace('</svg>', `<g transform="translate(${edge} ${top})">${inner}</g></svg>`);
    const image = new Image();
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
    await image.decode();
    const canvas = mj.el('canvas', {width: 2 * (box.width + 2 * edge), height: 2 * (box.height + top + edge)});
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, 'image/png'));
  };

  mj.loaded.add('overview_drawings');
})(window.mingjian ||= {loaded: new Set()});
