// The views of a whole stay beside its tables: the timeline with all lanes, the vital signs, the admission criteria.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STATES = {met: ['✓', '达到'], not_met: ['✕', '未达到'], not_recorded: ['?', '未记载']};
  const KINDS = {severity: '严重程度', intensity: '治疗强度', override: '特殊情形'};
  const MODES = {alone: '单独即可', plus_intensity: '须同时有治疗强度', supporting: '仅作佐证'};
  const OUTCOMES = {clear: '未见疑点', found: '列为疑点', not_checked: '未检查', not_applicable: '不适用', failed: '检查出错'};
  const LONGEST = 60;

  // given: S (the page's state), finding, look, go, rescale; a view draws itself into a box
  mj.stayViews = (page, given) => [
    {key: 'timeline', title: '时间线', draw: (box) => timeline(box, given)},
    {key: 'vitals_plot', title: '体征图', draw: (box) => mj.vitalsPlot(page, box, given)},
    {key: 'criteria', title: '入院标准', draw: (box) => criteria(page, box, given)},
  ];

  function timeline(box, given) {
    const {S, finding, look, go} = given;
    const lanes = el('div', {class: 'whole-stay scroll', tabindex: '0', role: 'group', 'aria-label': '时间线，方向键逐日看'});
    const view = {step: 0};
    const draw = () => mj.timeline(lanes, {shown: S.cas.timelines, finding: finding(), all: true, step: view.step, now: S.now, look, go,
      rescale: (step, day) => { view.step = step; draw(); if (day) mj.timelineTo(lanes, day); }});
    box.replaceChildren(el('header', {class: 'text-head'}, el('b', {class: 'strong'}, '时间线'), el('span', {class: 'muted small'}, '← → 逐日，↑ ↓ 换行，Enter 到病历的那一处')), legend(), lanes);
    draw();
  }
  const legend = () => el('p', {class: 'legend small muted'}, [['seen', '有在院迹象'], ['gap', '无任何迹象'], ['leave', '请假']].map(([as, name]) =>
    el('span', {}, el('i', {class: 'cell slices'}, el('i', {class: as})), name)), el('span', {}, '◆ 文书'), el('span', {}, '▼ 手术'), el('span', {}, '※ 另有无时间的'));

  async function criteria(page, box, {S, go}) {
    const cas = S.cas;
    if (!cas.criteria) {
      box.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3, 4].map(() => el('i', {}))));
      const reply = await mj.ask(page, 'open_criteria', {case: cas.key});
      if (S.cas !== cas || box.dataset.view !== 'criteria') return;
      if (!reply || reply.problem) { box.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      cas.criteria = reply;
    }
    draw(box, cas.criteria, go);
  }
  function draw(box, shown, go) {
    const groups = Object.keys(STATES).map((state) => [state, shown.criteria.filter((one) => one.state === state).sort((a, b) => b.later.length - a.later.length)]);
    const later = shown.criteria.filter((one) => one.later.length).length;
    box.replaceChildren(el('header', {class: 'text-head'}, el('b', {class: 'strong'}, '入院标准'),
      shown.reason ? null : el('span', {class: 'muted small'}, `${shown.population}标准 · 判断时点：${shown.opens} 至 ${shown.closes} 的记载`)),
      summary(shown, groups, later), shown.reason ? el('p', {class: 'notice'}, `未判断：${shown.reason}`) : '',
      shown.criteria.length ? el('table', {class: 'criteria'}, el('thead', {}, el('tr', {}, el('th', {}, '标准'), el('th', {}, '首 24 小时已知 · 判断依据'),
        el('th', {class: 'later'}, '24 小时后 · 不入判断'))), groups.filter(([, own]) => own.length).map(([state, own]) => group(state, own, go))) : '');
  }
  function summary(shown, groups, later) {
    const {outcome, core} = shown;
    return el('p', {class: 'small counts'}, shown.criteria.length ? groups.map(([state, own]) => el('span', {class: 'state-of ' + state}, el('i', {}, STATES[state][0]), `${STATES[state][1]} ${own.length}`)) : null,
      later ? el('span', {class: 'hindsight'}, `此后才达到 ${later}`) : null,
      core && core.recorded !== null && core.recorded !== undefined ? el('span', {class: 'muted'}, `核心情况已记录 ${core.recorded} / 9 项`) : null,
      outcome ? el('span', {class: 'muted'}, `入院指征核查：${OUTCOMES[outcome.outcome] || outcome.outcome}${outcome.reason ? '，' + outcome.reason : ''}`) : null);
  }
  function group(state, own, go) {
    return el('tbody', {class: state}, el('tr', {class: 'group'}, el('th', {colspan: '3', scope: 'rowgroup'}, el('span', {class: 'state-of ' + state}, el('i', {}, STATES[state][0]), `${STATES[state][1]} ${own.length}`),
      state === 'not_recorded' ? el('span', {class: 'muted'}, ' 没有记载不等于正常') : null)), own.map((one) => line(one, state, go)));
  }
  function line(one, state, go) {
    return el('tr', {data: {code: one.code}}, el('td', {}, el('span', {}, one.name), el('small', {class: 'muted'}, `${KINDS[one.kind]} · ${one.kind === 'override' ? '另作考虑' : MODES[one.mode]}`)),
      el('td', {}, state === 'not_recorded' ? el('div', {class: 'muted'}, one.clauses.map((clause) => clause.needs).join('；')) : clauses(one.clauses, go)),
      el('td', {class: 'later'}, one.later.map((seen) => evidence(seen, go))));
  }
  // clauses that rest on the same evidence stand together; those that nothing was recorded for come last, in one line
  function clauses(all, go) {
    const order = {met: 0, not_met: 1}, missing = all.filter((clause) => clause.state === 'not_recorded'), found = new Map();
    for (const clause of all.filter((one) => one.state !== 'not_recorded').sort((a, b) => order[a.state] - order[b.state])) {
      const key = clause.state + JSON.stringify(clause.seen.map((seen) => [seen.text, seen.at, seen.go]));
      found.set(key, [...(found.get(key) || []), clause]);
    }
    return [...[...found.values()].map((same) => el('div', {class: 'clause-line'}, el('span', {class: 'needs', title: same.map((clause) => clause.note).filter(Boolean).join('；') || null},
      el('i', {class: 'state-of ' + same[0].state, 'aria-label': STATES[same[0].state][1]}, STATES[same[0].state][0]), same.map((clause) => clause.needs).join('；')),
      el('div', {}, same[0].seen.map((seen) => evidence(seen, go))))), missing.length ? el('div', {class: 'muted small'}, '未记载：', missing.map((clause) => clause.needs).join('；')) : null];
  }
  function evidence(seen, go) {
    const cut = seen.text.length > LONGEST ? `${seen.text.slice(0, 36)}……${seen.text.slice(-22)}` : seen.text;
    const words = [seen.quoted ? `「${cut}」` : cut, el('small', {class: 'muted'}, [seen.denied ? '记载否认' : '', seen.at ? mj.short(seen.at).slice(5) : '', seen.readings > 1 ? `共 ${seen.readings} 次` : ''].filter(Boolean).join(' · '))];
    return seen.go ? el('button', {class: 'seen-at', title: '到病历的这一处', on: {click: () => go(seen.go)}}, words) : el('span', {class: 'seen-at'}, words);
  }

  mj.loaded.add('stay_views');
})(window.mingjian ||= {loaded: new Set()});
