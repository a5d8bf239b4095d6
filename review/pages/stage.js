// What opens over queue and record while the findings stay beside it: two texts next to each other, the map of likeness.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const TITLES = {compare: '并排对照', map: '雷同图'};

  // desk: {S, finding(), openCase(key, finding), go(place), address()} of the review page
  mj.stage = function (page, desk) {
    const {S} = desk;
    const title = el('h2', {}), tools = el('span', {class: 'tools'}), body = el('div', {class: 'stage-body'});
    const back = el('button', {class: 'link small', on: {click: () => close()}}, '← 返回 ', mj.kbd('Esc'));
    const toMap = el('button', {class: 'pill', on: {click: () => map()}}, '雷同图 ', mj.kbd('M'));
    const root = el('section', {class: 'stage', tabindex: '-1', role: 'region', hidden: true}, el('header', {}, back, title, tools, el('span', {class: 'push'}, toMap)), body);
    const state = {view: '', turn: 0, drawn: null, shown: '', opener: null};

    function show(view) {
      if (root.hidden) state.opener = document.activeElement;
      state.view = view;
      state.drawn = null;
      root.hidden = false;
      root.setAttribute('aria-label', TITLES[view]);
      title.textContent = TITLES[view];
      tools.replaceChildren();
      toMap.hidden = view === 'map';
      desk.address();
      root.focus({preventScroll: true});
    }
    function close() {
      if (root.hidden) return false;
      state.turn += 1;
      if (state.drawn && state.drawn.leave) state.drawn.leave();
      Object.assign(state, {view: '', drawn: null, shown: ''});
      root.hidden = true;
      body.replaceChildren();
      desk.address();
      if (state.opener && state.opener.isConnected) state.opener.focus({preventScroll: true});
      return true;
    }
    // what the server answers, drawn when it is still wanted
    async function ask(name, value, draw) {
      const turn = ++state.turn;
      const slow = setTimeout(() => body.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3, 4].map(() => el('i', {})))), 150);
      const reply = await mj.ask(page, name, value);
      clearTimeout(slow);
      if (turn !== state.turn) return;
      if (!reply || reply.problem) { empty(reply ? reply.problem : '没有读出来，请重试。'); return; }
      state.drawn = draw(reply);
    }
    const empty = (words) => body.replaceChildren(el('div', {class: 'empty'}, el('p', {}, words), state.view === 'compare'
      ? el('button', {class: 'btn', on: {click: () => map()}}, mj.kbd('M'), '看本次检查的雷同图') : el('button', {class: 'btn', on: {click: () => close()}}, mj.kbd('Esc'), '返回')));
    const leave = (place) => { close(); desk.go(place); };

    function compare(here, there) {
      const one = desk.finding();
      show('compare');
      state.shown = here ? '' : one ? one.id : '';
      if (!here && !(one && one.compare)) { state.turn += 1; empty('这一项疑点没有可并排对照的两份文书。'); return; }
      const value = {case: S.cas.key, ...(here ? {here, there} : {finding: one.id})};
      ask('open_comparison', value, (reply) => reply.versions ? mj.drawVersions(page, body, tools, reply.versions, value)
        : mj.drawComparison(body, tools, reply, leave));
    }
    function map() {
      if (!S.cas) return;
      show('map');
      ask('open_map', {case: S.cas.key}, (reply) => mj.drawMap(body, tools, reply, open, S.cas.key));
    }
    // from the map to a pair: the later one's case, its finding beside it
    async function open(here, there) {
      if (here.case !== S.cas.key) {
        await desk.openCase(here.case, null);
        if (S.cas.key !== here.case) return;
      }
      const n = S.cas.findings.findIndex((one) => one.compare === 'documents');
      if (n >= 0) desk.choose(n, true);
      compare(here.key, there.key);
    }
    // another finding was chosen: its own comparison, or the record again
    function follow() {
      const one = desk.finding();
      if (root.hidden || state.view !== 'compare' || (one && one.id === state.shown)) return;
      if (!state.shown) return;
      if (one && one.compare) compare(); else close();
    }
    const step = (by) => Boolean(!root.hidden && state.drawn && state.drawn.step) && (state.drawn.step(by), true);
    const lock = () => state.drawn && state.drawn.lock && state.drawn.lock();
    return {root, compare, map, close, follow, step, lock, view: () => state.view, open: (view) => view === 'map' ? map() : view === 'compare' && compare()};
  };

  mj.loaded.add('stage');
})(window.mingjian ||= {loaded: new Set()});
