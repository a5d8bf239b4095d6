// 依据: the list of everything held, one document in the middle, adding and the clause on the right; gaps below the list.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const FILTERS = ['已入库', '已读', '待确认列', '拒收', '摘要'];
  const KEYS = [['依据', [['/', '找文件'], ['J K', '下一份、上一份'], ['N', '添加文件'], ['F', '在文件里找'], ['← →', '上一条、下一条'], ['G', '缺口']]], ['页面', [['W', '原文放宽或收窄'], ['D', '深色或浅色'], ['?', '本表'], ['Esc', '返回']]]];

  mj.page_library = async function (page) {
    const first = await mj.ask(page, 'open_library');
    if (!first || first.problem) { page.root.replaceChildren(el('div', {class: 'empty'}, first ? first.problem : '没有连上服务器。')); return; }
    const S = {about: first, key: '', state: '', region: '', words: '', view: 'holding'};
    const about = () => S.about;
    const search = el('input', {class: 'field', placeholder: '找标题、文号、文件名', 'aria-label': '找文件', maxlength: 100});
    const pills = el('div', {class: 'pills'}), region = el('select', {class: 'switch', 'aria-label': '地区'}), list = el('ul', {class: 'scroll rows'});
    const foot = el('button', {class: 'gaps-link', on: {click: () => gaps()}}), told = el('span', {class: 'small muted'});
    const side = el('aside', {class: 'side-list', 'aria-label': '依据'}, el('div', {class: 'side-head'}, el('h2', {}, '依据库'), told,
      el('button', {class: 'btn push', on: {click: add}}, '添加 ', mj.kbd('N'))), el('div', {class: 'filters'}, search, pills, region), list, foot);
    const beside = (step) => holding.beside(step);
    const source = mj.source(page, beside), adding = mj.adding(page, about, refresh, open);
    const holding = mj.holding(page, about, {open: showSource, confirm, changed: refresh, gone});
    const tables = mj.tables(page, about, {done: open, changed: refresh, back: open});
    const back = el('button', {class: 'link small back', on: {click: () => show('adding')}}, '添加文件');
    const right = el('div', {class: 'right-side'}, el('div', {class: 'scroll'}, adding.root), el('div', {class: 'source-side'}, source.root, back));
    const body = el('main', {class: 'holdings'}, side, el('div', {class: 'middle'}, holding.root, tables.root), right);
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function refresh() {
      const reply = await mj.ask(page, 'open_library');
      if (!reply || reply.problem) return;
      S.about = reply;
      drawFilters();
      drawList();
      if (S.key && !reply.holdings.some((one) => one.key === S.key)) start();
    }
    function fits(one) {
      const text = [one.title, one.number, one.file].filter(Boolean).join(' ').toLowerCase();
      return (!S.region || one.region === S.region) && S.words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
    }
    function drawFilters() {
      const all = S.about.holdings.filter(fits), count = (state) => all.filter((one) => one.state === state).length;
      const pill = (state, name) => el('button', {class: 'pill', 'aria-pressed': String(S.state === state), on: {click: () => { S.state = state; drawFilters(); drawList(); }}}, name);
      pills.replaceChildren(pill('', `全部 ${all.length}`), ...FILTERS.filter((state) => count(state) || S.state === state).map((state) => pill(state, `${state} ${count(state)}`)));
      region.replaceChildren(el('option', {value: ''}, '所有地区'), ...S.about.regions.map((one) => el('option', {value: one.code, selected: one.code === S.region}, one.name)));
      region.hidden = S.about.regions.length < 2;
      const files = S.about.holdings.filter((one) => !one.digest);
      told.textContent = files.length ? `${files.length} 份文件` : '';
      foot.hidden = !S.about.administers;
      foot.replaceChildren(el('span', {}, '缺口'), el('span', {class: 'push small muted'}, S.about.gaps ? `${S.about.gaps} 个问题库里没有` : '没有'));
    }
    const visible = () => S.about.holdings.filter((one) => fits(one) && (!S.state || one.state === S.state));
    function drawList() {
      const shown = visible();
      list.replaceChildren(...shown.map(line));
      if (!shown.length) list.append(el('li', {class: 'none'}, el('p', {}, '没有符合的文件。'), el('button', {class: 'link', on: {click: reset}}, '清除筛选')));
    }
    function line(one) {
      const when = one.from ? one.from + (one.to ? ` 至 ${one.to}` : ' 起') : one.state === '拒收' ? '' : '日期未注明';
      const size = [one.passages ? `${one.passages.toLocaleString()} 条` : '', one.rows ? `${one.rows.toLocaleString()} 行` : ''].filter(Boolean).join(' · ');
      return el('li', {class: one.key === S.key ? 'on' : ''}, el('button', {'aria-current': one.key === S.key ? 'true' : null, on: {click: () => open(one.key)}},
        el('b', {class: 'strong two-lines', title: one.title}, one.title), one.number ? el('span', {class: 'small muted cut'}, one.number) : null,
        el('span', {class: 'small muted both'}, el('span', {class: 'cut'}, [when, one.region && one.region !== '000000' ? one.place : '', size].filter(Boolean).join(' · ')), mj.stateOf(one.state)),
        one.state === '拒收' ? el('span', {class: 'small why two-lines', title: one.why}, one.why) : null));
    }
    function reset() { S.state = S.region = S.words = search.value = ''; drawFilters(); drawList(); }

    async function open(key) {
      if (key !== S.key) { source.clear(); show('adding'); }
      S.key = key;
      view('holding');
      history.replaceState({}, '', '/library?key=' + encodeURIComponent(key));
      drawList();
      const row = list.querySelector('li.on');
      if (row) row.scrollIntoView({block: 'nearest'});
      await holding.open(key);
    }
    function view(name) {
      S.view = name;
      if (name !== 'tables' && tables.isOpen()) tables.close();
      holding.root.hidden = name === 'tables';
      body.classList.toggle('confirming', name === 'tables');
    }
    function show(name) {
      S.side = name;
      body.classList.toggle('reading', name === 'source');
      if (name !== 'source') source.root.parentElement.classList.remove('wide');
    }
    function showSource(cited) { show('source'); source.open(cited); }
    function confirm(key) { view('tables'); tables.open(key); }
    async function gone(one, words) {
      S.key = '';
      await refresh();
      start(el('p', {class: 'notice', role: 'status'}, words || `已撤回《${one.title}》。`));
    }
    function add() { show('adding'); if (S.view === 'tables') view('holding'); adding.pick(); }

    function start(...before) {
      view('holding');
      S.key = '';
      history.replaceState({}, '', '/library');
      drawList();
      const files = S.about.holdings.filter((one) => !one.digest), waiting = S.about.holdings.filter((one) => one.state === '待确认列');
      holding.clear(...before, el('div', {class: 'empty'}, el('p', {}, files.length ? `库中有 ${files.length} 份文件和 ${S.about.holdings.length - files.length} 份本系统摘要。选一份查看。`
        : `还没有添加文件，只有随附的 ${S.about.holdings.length} 份本系统摘要。`), waiting.length ? el('p', {}, el('button', {class: 'link', on: {click: () => { S.state = '待确认列'; drawFilters(); drawList(); open(waiting[0].key); }}},
        `${waiting.length} 份表格待确认列的对应`)) : null, files.length ? null : el('button', {class: 'btn main', on: {click: add}}, '添加文件')));
    }

    async function gaps() {
      view('holding');
      const reply = await mj.ask(page, 'open_gaps');
      S.key = '';
      drawList();
      if (!reply || reply.problem) { holding.clear(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      holding.clear(el('header', {class: 'page-head'}, el('h1', {}, '缺口'), el('span', {class: 'small muted'}, '问答中记下的、库里没有的问题。收入依据后标为已解决。')),
        reply.gaps.length ? el('ul', {class: 'gaps'}, reply.gaps.map(gap)) : el('div', {class: 'empty'}, '没有记下的缺口。'));
    }
    function gap(one) {
      const node = el('li', {class: 'panel'}, el('b', {class: 'strong'}, one.question), el('p', {class: 'small muted'}, `${one.who} 于 ${mj.clock(one.at)} · 依据日 ${one.as_of} · ${one.region ? '地区 ' + one.region : '全国'}`),
        el('p', {class: 'small'}, one.said), el('p', {class: 'links small'}, el('a', {href: '/chat'}, '去问答再问一次'), el('button', {class: 'link', on: {click: async (e) => {
          e.currentTarget.disabled = true;
          const reply = await mj.ask(page, 'settle_gap', {key: one.key});
          if (!reply || reply.problem) { node.append(el('p', {class: 'small wrong'}, reply ? reply.problem : '没有存上，请重试。')); return; }
          node.remove();
          S.about.gaps -= 1;
          drawFilters();
        }}}, '已解决')));
      return node;
    }

    mj.frame(page, S.about, body);
    search.addEventListener('input', () => { S.words = search.value.trim(); drawFilters(); drawList(); });
    search.addEventListener('keydown', (e) => { if (e.key === 'Escape') { e.preventDefault(); reset(); search.blur(); } if (e.key === 'Enter') { const one = visible()[0]; if (one) open(one.key); search.blur(); } });
    region.addEventListener('change', () => { S.region = region.value; drawFilters(); drawList(); });
    const step = (by) => { const all = visible(), at = all.findIndex((one) => one.key === S.key); const next = all[at < 0 ? 0 : at + by]; if (next) open(next.key); };
    Object.assign(page.keys, {Slash: () => search.focus(), KeyJ: () => step(1), KeyK: () => step(-1), KeyN: add, KeyF: holding.find, KeyG: () => S.about.administers && gaps(), ArrowLeft: () => beside(-1), ArrowRight: () => beside(1),
      KeyW: () => S.side === 'source' && source.widen(), KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys, Escape: () => { if (S.view === 'tables') open(S.key); else if (S.side === 'source') show('adding'); }});
    drawFilters();
    drawList();
    const wanted = new URLSearchParams(location.search).get('key');
    if (wanted && S.about.holdings.some((one) => one.key === wanted)) await open(wanted);
    else start();
  };

  mj.loaded.add('library');
})(window.mingjian ||= {loaded: new Set()});
