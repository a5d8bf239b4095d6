// The queue of cases: search, groups, filters, and the row one stands on.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);  // the shared script may load after this one
  const GROUPS = [['待审', '按可疑金额'], ['未见疑点', '看过即可'], ['已审', '']];
  const STATES = {open: '', part: '', ask: '待补', done: '已定', unseen: ''};
  const FAMILIES = [['admission', '住院'], ['charges', '收费'], ['documents', '文书']];
  const CERTAINTIES = [['established', '数据可证'], ['probable', '较可能'], ['clue', '线索']];

  const PARTS = {mine: (row) => row.part === 'first', second: (row) => row.part === 'second', disputed: (row) => row.disputed > 0,
    free: (row) => row.part === 'leads' && !row.first};

  mj.queue = function (page, choose) {
    const filter = {words: '', view: 'all', family: '', certainty: ''};
    const search = el('input', {class: 'field', type: 'search', placeholder: '搜索姓名、住院号', 'aria-label': '搜索病例', on: {
      input: () => { filter.words = search.value.trim(); draw(); },
      keydown: (e) => {
        if (e.key === 'Escape') { search.value = ''; filter.words = ''; draw(); search.blur(); }
        if (e.key === 'Enter' && !e.isComposing) { const first = shown()[0]; if (first) { search.blur(); choose(first.key); } }
      }}});
    const views = el('div', {class: 'views'});
    const chips = el('div', {class: 'chips'});
    const list = el('div', {class: 'scroll rows', tabindex: '-1'});
    const foot = el('div', {class: 'foot small'});
    const root = el('aside', {class: 'queue', 'aria-label': '病例'},
      el('div', {class: 'queue-head'}, el('div', {class: 'search'}, search, mj.kbd('/')), views, chips), list, foot);
    let rows = [], current = '', counted = {today: 0};

    function matches(row) {
      if (filter.family && !row.families.includes(filter.family)) return false;
      if (filter.certainty && !row.certainties.includes(filter.certainty)) return false;
      if (filter.view === 'todo' && row.group === 2) return false;
      if (filter.view === 'done' && row.group !== 2) return false;
      if (PARTS[filter.view] && !PARTS[filter.view](row)) return false;
      if (!filter.words) return true;
      return [row.name, row.number, row.department, row.doctor, ...row.violations, ...row.checks].some((text) => text.includes(filter.words));
    }
    const shown = () => rows.filter(matches);

    function draw() {
      drawViews();
      const visible = shown(), at = list.scrollTop;
      list.replaceChildren(...GROUPS.flatMap(([name, how], group) => {
        const own = visible.filter((row) => row.group === group);
        return own.length ? [el('div', {class: 'group small muted'}, `${name} ${own.length}` + (how ? ' · ' + how : '')),
          el('ul', {}, own.map((row, n) => item(row, own[n - 1])))] : [];
      }));
      if (!visible.length) list.append(nothing());
      list.scrollTop = at;
      const done = rows.filter((row) => row.group === 2).length;
      foot.replaceChildren(el('div', {class: 'bar'}, el('b', {style: `width:${rows.length ? 100 * done / rows.length : 0}%`})),
        el('span', {}, `已审 ${done} / ${rows.length} 例`), el('span', {class: 'push muted'}, `今日 ${counted.today} 例`));
    }
    function item(row, before) {
      const joined = before && before.person === row.person;
      return el('li', {class: (row.key === current ? 'on' : '') + (joined ? ' joined' : '')},
        el('button', {data: {key: row.key}, 'aria-current': row.key === current ? 'true' : null, on: {click: () => choose(row.key)}},
          el('span', {class: 'line'}, el('b', {class: 'cut strong', title: row.name}, mj.shortName(row.name)), el('span',
            {class: 'muted small cut'}, row.department),
            el('span', {class: 'push small number'}, mj.yuan(row.amount))),
          el('span', {class: 'line'}, row.findings ? row.families.map(mj.family) : el('span', {class: 'muted small'}, '未见疑点'),
            el('span', {class: 'muted small admitted'}, '入院 ' + row.admitted),
            row.state === 'open' || row.state === 'unseen' ? null
              : el('span', {class: 'push state ' + row.state}, row.state === 'part' ? `${row.decided}/${row.findings}` : STATES[row.state]))));
    }
    function nothing() {
      const filtered = filter.words || filter.family || filter.certainty || filter.view !== 'all';
      return filtered ? el('div', {class: 'empty'}, el('p', {}, '没有符合的病例。'), el('button', {class: 'link', on: {click: clear}}, '清除筛选'))
        : el('div', {class: 'empty'}, el('p', {}, '没有病例。'));
    }
    function clear() {
      Object.assign(filter, {words: '', view: 'all', family: '', certainty: ''});
      search.value = '';
      draw();
    }
    function drawViews() {
      const todo = rows.filter((row) => row.group !== 2).length;
      const count = (n) => el('span', {class: 'count'}, ' ' + n);
      const pill = (view, text) => el('button', {class: 'pill', 'aria-pressed': String(filter.view === view),
        on: {click: () => { filter.view = view; draw(); }}}, text);
      const part = (view, text) => pill(view, [text, count(rows.filter(PARTS[view]).length)]);
      const leads = rows.some((row) => row.part === 'leads'), shared = rows.some((row) => row.part !== 'leads' || row.first);
      const plain = () => [pill('all', ['全部', count(rows.length)]), pill('todo', ['待审', count(todo)]), pill('done', '已审')];
      const led = () => [pill('all', ['全部', count(rows.length)]), part('free', '未分派'), part('disputed', '分歧')];
      const own = () => [part('mine', '我的'), part('second', '复审'), part('disputed', '分歧')];
      views.replaceChildren(...(!shared ? plain() : leads ? led() : own()), more());
      const active = [...FAMILIES.map((pair) => ['family', ...pair]), ...CERTAINTIES.map((pair) => ['certainty', ...pair])]
        .filter(([kind, code]) => filter[kind] === code);
      chips.replaceChildren(...active.map(([kind, , name]) =>
        el('button', {class: 'pill on', on: {click: () => { filter[kind] = ''; draw(); }}}, name + ' ×')));
    }
    function more() {
      const button = el('button', {class: 'pill', 'aria-haspopup': 'true', on: {click: () => {
        const old = root.querySelector('.menu');
        if (old) { old.remove(); return; }
        const menu = el('div', {class: 'menu', style: 'top:80px;left:12px'}, [['family', '类别', FAMILIES], ['certainty', '把握', CERTAINTIES]].map(([kind, title, options]) =>
          [el('div', {class: 'small muted', style: 'padding:4px 10px 0'}, title), options.map(([code, name]) =>
            el('button', {on: {click: () => { filter[kind] = filter[kind] === code ? '' : code; menu.remove(); draw(); }}},
              name, filter[kind] === code ? el('span', {class: 'push'}, '✓') : null))]));
        root.append(menu);
        const away = (e) => { if (!menu.contains(e.target) && e.target !== button) { menu.remove(); document.removeEventListener('mousedown', away); } };
        document.addEventListener('mousedown', away);
      }}}, '筛选 ▾');
      return button;
    }

    return {
      root,
      set(next, counts) { rows = next; counted = counts || counted; draw(); },
      mark(key) {
        current = key;
        draw();
        const on = list.querySelector('li.on');
        if (on) on.scrollIntoView({block: 'nearest'});
      },
      row: (key) => rows.find((row) => row.key === key),
      position: (key) => [shown().findIndex((row) => row.key === key), shown().length],
      beside(key, step) {
        const visible = shown(), at = visible.findIndex((row) => row.key === key);
        return visible[at + step];
      },
      nextOpen(key) {
        const visible = shown(), at = visible.findIndex((row) => row.key === key);
        return [...visible.slice(at + 1), ...visible.slice(0, Math.max(at, 0))].find((row) => row.group !== 2 && row.key !== key);
      },
      nth: (n) => shown()[n - 1],
      update(key, change) {
        const row = rows.find((one) => one.key === key) || {};
        if ((row.group === 2) !== (change.group === 2)) counted.today = Math.max(0, counted.today + (change.group === 2 ? 1 : -1));
        Object.assign(row, change);
        draw();
      },
      first: () => shown().find((row) => row.group !== 2) || shown()[0],
      begin() {
        if (!rows.length || rows.some((row) => row.part === 'leads')) return;
        filter.view = ['mine', 'second', 'disputed'].find((view) => rows.some((row) => PARTS[view](row) && (row.group !== 2 || view === 'disputed'))) || 'mine';
        draw();
      },
      focusSearch() { search.focus(); search.select(); },
      grey() { list.replaceChildren(el('div', {class: 'grey'}, Array.from({length: 8}, () => el('i', {})))); },
    };
  };

  mj.loaded.add('queue');
})(window.mingjian ||= {loaded: new Set()});
