// 分派, 审核设置 and 一致性 on the inspections page; the server sends them to a leader only.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const VERDICTS = {confirm: '确认', reject: '不成立'};

  mj.assigningPanel = function (page, key) {
    const box = el('div', {class: 'beside assigning'}), problem = el('p', {class: 'notice small', role: 'alert', hidden: true});
    async function act(name, value) {
      const told = await mj.ask(page, name, {inspection: key, ...value});
      problem.hidden = Boolean(told && !told.problem);
      if (told && !told.problem) { draw(told); return told; }
      problem.textContent = told ? told.problem : '没有读出来，请重试。';
      if (!problem.isConnected) box.prepend(problem);
      return null;
    }
    function draw(told) {
      box.replaceChildren(problem, people(told), settings(told), together(told), guards(told));
    }
    function people(told) {
      return el('section', {class: 'panel'}, el('h2', {}, '分派'), el('table', {class: 'list tight'}, head(['专家', '科别', '首审', '复审', '已审'], 2), el('tbody', {}, told.people.map((one) =>
        el('tr', {}, el('td', {class: 'strong'}, one.name), el('td', {class: 'small'}, one.departments.join('、')), ...[one.first, one.second, one.done].map((n) => el('td', {class: 'number'}, String(n))))))),
      el('p', {class: 'small muted'}, `未分派 ${told.unassigned} 例` + (told.disputes ? ` · 分歧 ${told.disputes} 项` : '') + `。复审份额 ${told.rules.share} %，盲审；复审人看不到首审决定。` + (told.team.length < told.experts.length ? `按计划，自动分派和复审只在 ${told.team.join('、') || '（计划里的专家还没有账户）'} 之间。` : '')),
      el('p', {class: 'links'}, el('button', {class: 'link', disabled: !told.unassigned, on: {click: () => act('assign_auto')}}, '自动分派'), el('button', {class: 'link', on: {click: () => byHand(told)}}, '逐例分派')));
    }
    const head = (names, from) => el('thead', {}, el('tr', {}, names.map((name, n) => el('th', {class: n >= from ? 'number' : ''}, name))));
    function settings(told) {
      const rules = told.rules, label = (words, control) => [el('span', {}, words), control];
      const number = (name, words, step) => label(words, el('input', {class: 'field', name, type: 'number', min: 0, step: step || 1, value: String(rules[name]), 'aria-label': words}));
      const check = (name, words) => el('label', {}, words, el('input', {type: 'checkbox', name, checked: rules[name]}));
      const adjudicator = el('select', {name: 'adjudicator', 'aria-label': '另一裁定人'}, ['', ...told.experts].map((name) => el('option', {value: name, selected: name === rules.adjudicator}, name || '仅组长')));
      const form = el('form', {on: {submit: (e) => {
        e.preventDefault();
        const value = {adjudicator: adjudicator.value};
        for (const name of ['share', 'seed', 'percent', 'yuan']) value[name] = form.elements[name].valueAsNumber;
        for (const name of ['hides_model', 'reason_required']) value[name] = form.elements[name].checked;
        act('set_rules', value);
      }}}, number('share', '复审份额 %'), number('seed', '抽取种子，可复算'), number('percent', '金额分歧：相差超过 %', 'any'), number('yuan', '且超过 元', 'any'), check('hides_model', '首审前隐藏模型意见'),
      check('reason_required', '确认须写理由'), label('另一裁定人', adjudicator), el('button', {class: 'btn'}, '保存设置'));
      return el('section', {class: 'panel'}, el('h2', {}, '审核设置'), form);
    }
    function together(told) {
      const interval = (one) => one ? `${one[0].toFixed(2)} [${one[1].toFixed(2)}, ${one[2].toFixed(2)}]` : '—';
      const row = (one) => el('tr', {}, el('td', {}, one.name, one.why ? el('span', {class: 'small muted'}, '　' + one.why) : null), el('td', {class: 'number'}, `${one.alike} / ${one.items}`),
        el('td', {class: 'number small'}, interval(one.kappa)), el('td', {class: 'number small'}, interval(one.ac1)));
      const all = told.agreement;
      return el('section', {class: 'panel agreement'}, el('h2', {}, '两人一致'), all.all.items ? el('table', {class: 'list tight'}, head(['违规、两人', '一致', 'κ [95 %]', 'AC1 [95 %]'], 1), el('tbody', {}, [all.all, ...all.violation, ...all.pair].map(row)))
        : el('p', {class: 'small muted'}, '还没有两人都定过的疑点。'));
    }
    function guards(told) {
      return el('section', {class: 'panel guards'}, el('h2', {}, '把关'), el('p', {class: 'small muted'}, '只有组长看得到。'), el('p', {class: 'small'}, `埋入已知例 ${told.planted.length} 项`),
        el('ul', {class: 'small'}, told.planted.map((one) => el('li', {}, `${one.name} ${one.title}，应为${VERDICTS[one.verdict]}：`, one.calls.length ? one.calls.map((call) => `${call.who} ${call.right ? '相同' : '不同'}`).join('、') : '未审'))),
        el('ul', {class: 'small flags'}, told.pace.map((one) => el('li', {}, `${one.name}：` + [one.seconds === null ? '' : `每例中位 ${one.seconds} 秒`, ...one.flags].filter(Boolean).join(' · ')))));
    }
    function byHand(told) {
      if (page.root.querySelector('dialog')) return;
      const choice = (one) => el('select', {'aria-label': `${one.name} 的首审人`, on: {change: (e) => act('assign_case', {case: one.key, who: e.target.value})}},
        ['', ...new Set([...told.experts, one.first].filter(Boolean))].map((name) => el('option', {value: name, selected: name === one.first}, name || '未分派')));
      const dialog = el('dialog', {class: 'by-hand', 'aria-label': '逐例分派'}, el('h2', {}, '逐例分派', el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
        el('div', {class: 'scroll'}, el('table', {class: 'list'}, head(['病例', '科室', '首审', '复审', '疑点'], 4), el('tbody', {}, told.cases.map((one) => el('tr', {}, el('td', {}, one.name), el('td', {}, one.department), el('td', {}, choice(one)),
          el('td', {class: 'muted'}, one.second || '—'), el('td', {class: 'number'}, String(one.findings))))))));
      dialog.addEventListener('close', () => dialog.remove());
      page.root.append(dialog);
      dialog.showModal();
    }
    act('open_pairs');
    return box;
  };

  mj.loaded.add('assigning');
})(window.mingjian ||= {loaded: new Set()});
