// The queue of cases: search, lists, and the row one stands on. What it is narrowed by stands in queue_filter.js.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);  // the shared script may load after this one
  const GROUPS = [['待审', '按可疑金额'], ['未见疑点', '看过即可'], ['已审', '']];
  const STATES = {open: '待审', part: '', ask: '待补', done: '已定', unseen: '', split: '分歧'};
  const EMPTY = {disputed: '没有分歧。', free: '没有未分派的病例。', done: '没有已审的病例。', all: '没有病例。'};
  const PARTS = {all: () => true, todo: (row) => row.group !== 2, done: (row) => row.group === 2,
    mine: (row) => row.part === 'first', second: (row) => row.part === 'second', disputed: (row) => row.disputed > 0,
    free: (row) => row.part === 'leads' && !row.first};
  const NAMES = {all: '全部', todo: '待审', done: '已审', mine: '我的', second: '复审', disputed: '分歧', free: '未分派'};

  // changed() is told when what is listed was changed by the person
  mj.queue = function (page, choose, changed) {
    const search = el('input', {class: 'field', type: 'search', placeholder: '搜索姓名、住院号', 'aria-label': '搜索病例：姓名、住院号、违规类型、规则编号', on: {
      input: () => { words = search.value.trim(); held = ''; draw(); },
      keydown: (e) => {
        if (e.key === 'Escape') { search.value = words = ''; draw(); search.blur(); }
        if (e.key === 'Enter' && !e.isComposing) { const first = shown()[0]; if (first) { search.blur(); choose(first.key); } }
      }}});
    const views = el('div', {class: 'views'});
    const list = el('div', {class: 'scroll rows', tabindex: '-1'});
    const foot = el('div', {class: 'foot small'});
    let rows = [], current = '', held = '', words = '', view = 'all', usual = 'all';
    let about = {counted: {yesterday: 0}, named: {violations: {}, checks: {}}};
    const filter = mj.queueFilter({rows: () => rows, seed: () => about.seed, named: () => about.named, lists, view: () => view,
      setView: (next) => { view = next || usual; }, changed: narrowed});
    const drawn = mj.queueRows(list, item);
    const root = el('aside', {class: 'queue', 'aria-label': '病例'},
      el('div', {class: 'queue-head'}, el('div', {class: 'search'}, search, mj.kbd('/')), views, filter.chips), list, foot, filter.panel);

    function matches(row) {
      if (!filter.matches(row) || !PARTS[view](row)) return false;
      return !words || [row.name, row.number, row.department, row.doctor, ...row.violations, ...row.checks].some((text) => text.includes(words));
    }
    // the case one stands on stays in its place when a decision takes it out of what is asked for
    function shown() {
      const found = rows.filter((row) => matches(row) || row.key === held);
      return filter.random() ? found.sort((a, b) => a.began - b.began || a.drawn - b.drawn) : found;
    }
    function narrowed() {
      held = '';
      draw();
      changed();
    }

    function draw() {
      drawViews();
      const visible = shown(), order = filter.random() ? `双随机，种子 ${about.seed}` : GROUPS[0][1];
      drawn.set(GROUPS.map(([name, how], group) => {
        const own = visible.filter((row) => row.group === group), told = group ? how : order;
        return {title: `${name} ${own.length}` + (told ? ' · ' + told : ''), rows: own};
      }).filter((group) => group.rows.length));
      if (!visible.length) list.append(nothing());
      drawFoot();
    }
    function drawFoot() {
      const done = rows.filter((row) => row.group === 2 && row.today).length, due = done + rows.filter((row) => row.group !== 2).length;
      foot.replaceChildren(el('div', {class: 'bar'}, el('b', {style: `width:${due ? 100 * done / due : 0}%`})),
        el('span', {}, `今日 ${done} / ${due} 例`), el('span', {class: 'push muted'}, `昨日 ${about.counted.yesterday} 例`));
    }
    function item(row, before) {
      const joined = before && before.person === row.person, state = row.disputed ? 'split' : row.state;
      return el('li', {class: (row.key === current ? 'on' : '') + (joined ? ' joined' : '')},
        el('button', {data: {key: row.key}, 'aria-current': row.key === current ? 'true' : null, on: {click: () => choose(row.key)}},
          el('span', {class: 'line'}, el('b', {class: 'cut strong', title: row.name}, mj.shortName(row.name)), el('span',
            {class: 'muted small cut'}, row.department),
            el('span', {class: 'push small number'}, mj.yuan(row.amount))),
          el('span', {class: 'line'}, row.findings ? row.families.map(mj.family) : el('span', {class: 'muted small'}, '未见疑点'),
            el('span', {class: 'muted small admitted'}, '入院 ' + row.admitted),
            state === 'unseen' ? null : el('span', {class: 'push state ' + state, title: STATES[state] || '已定 / 疑点', 'aria-label': state === 'open' ? STATES.open : null, role: state === 'open' ? 'img' : null},
              state === 'part' ? `${row.decided}/${row.findings}` : state === 'open' ? null : STATES[state]))));
    }
    function nothing() {
      const act = (text, run) => el('button', {class: 'link', on: {click: run}}, text);
      if (words || filter.active().length) return el('div', {class: 'empty'}, el('p', {}, '没有符合的病例。'), act('清除筛选', clear));
      return el('div', {class: 'empty'}, el('p', {}, EMPTY[view] || '没有待审病例。'),
        view !== 'done' && rows.some(PARTS.done) ? act('看已审', () => { view = 'done'; narrowed(); }) : view !== usual ? act('看' + NAMES[usual], () => { view = usual; narrowed(); }) : null);
    }
    function clear() {
      filter.clear();
      view = usual;
      search.value = words = '';
      narrowed();
    }

    const leads = () => rows.some((row) => row.part === 'leads');
    const shared = () => rows.some((row) => row.part !== 'leads' || row.first);
    // [list, name, has a tab of its own]
    function lists() {
      const tabs = !shared() ? ['all', 'todo', 'done'] : leads() ? ['all', 'free', 'disputed'] : ['mine', 'second', 'disputed'];
      const others = ['all', 'mine', 'todo', 'done'].filter((one) => !tabs.includes(one) && (one !== 'mine' || rows.some(PARTS.mine)));
      return [...tabs.map((one) => [one, NAMES[one], true]), ...others.map((one) => [one, NAMES[one], false])];
    }
    function drawViews() {
      views.replaceChildren(...lists().filter(([, , tab]) => tab).map(([one, text]) => el('button', {class: 'pill', 'aria-pressed': String(view === one),
        on: {click: () => { view = one; narrowed(); }}}, text, one === 'done' ? null : el('span', {class: 'count'}, ' ' + rows.filter(PARTS[one]).length))), filter.button);
      filter.drawChips();
    }
    function read(wanted) {
      filter.read(wanted);
      view = lists().some(([one]) => one === wanted.get('list')) ? wanted.get('list') : usual;
    }

    return {
      root,
      set(next, told) {
        rows = next.map((row) => ({...row, began: row.group}));
        about = told;
      },
      begin(wanted) {
        if (rows.length && !leads()) {
          usual = ['mine', 'second', 'disputed'].find((one) => rows.some((row) => PARTS[one](row) && (row.group !== 2 || one === 'disputed'))) || 'mine';
        }
        read(wanted);
        draw();
      },
      // the filters of an address one went back or forward to
      follow(wanted) {
        held = '';
        read(wanted);
        draw();
      },
      query: () => filter.query() + (view === usual ? '' : '&list=' + view),
      narrowed: () => filter.active().length > 0 || view !== usual,
      empty: nothing,
      mark(key) {
        const row = rows.find((one) => one.key === key);
        if (key !== current) held = row && matches(row) ? key : '';
        current = key;
        draw();
        drawn.reveal(key);
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
      // change: what the row shows now; verdicts: of its findings, by id
      update(key, change, verdicts) {
        const row = rows.find((one) => one.key === key);
        if (!row) return;
        if ((row.group === 2) !== (change.group === 2)) row.today = change.group === 2;
        Object.assign(row, change);
        for (const fact of row.facts) if (fact.id in verdicts) fact.verdict = verdicts[fact.id];
        draw();
      },
      first: () => shown().find((row) => row.group !== 2) || shown()[0],
      focusSearch() { search.focus(); search.select(); },
      closeFilter: () => filter.close(false),
      grey() { list.replaceChildren(el('div', {class: 'grey'}, Array.from({length: 8}, () => el('i', {})))); },
    };
  };

  mj.loaded.add('queue');
})(window.mingjian ||= {loaded: new Set()});
