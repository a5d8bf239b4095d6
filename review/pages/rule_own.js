// 自有规则: an analyst's rule files: what is wrong with one, its cases run, its hits before it counts, and adopting it.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const part = (name, ...content) => [el('dt', {}, name), el('dd', {}, content)];
  const stateOf = (rule) => rule.problem ? '有误' : rule.adopted ? '已启用' : rule.changed ? '已改动' : '未启用';

  // The files as lines of the page's table, and the folder they lie in.
  mj.ownRules = async function (page, inspection) {
    const reply = await mj.ask(page, 'open_own', {inspection});
    if (!reply || reply.problem) return {folder: '', rules: [], problem: reply ? reply.problem : '没有读出来，请重试。'};
    return {folder: reply.folder, rules: reply.rules.map((rule) => ({...rule, code: rule.file, name: rule.check ? rule.check.title : rule.file, family: rule.check ? rule.check.family : 'charges',
      violation: rule.problem || (rule.check ? `${rule.check.code} · ${rule.check.violation_name} · 例子 ${rule.cases} 个` : ''), state: stateOf(rule), missing: [], hits: ''}))};
  };
  mj.ownHelp = (folder) => el('div', {class: 'empty own-help'}, el('p', {}, '把规则文件（.sql）放进 ', el('span', {class: 'code'}, folder), '，同名的 .yaml 写例子，再刷新本页。'),
    el('p', {class: 'small muted'}, '写法与本系统的检查相同：/* … */ 里是说明，-- examined 与 -- findings 各一条查询；要数同一人几次住院的，另写 -- together。启用之前不计入任何审核。'));

  mj.ownDetail = function (page, rule, ctx) {
    const cases = el('div', {}), hits = el('div', {}), check = rule.check;
    const say = (box, words) => box.replaceChildren(el('p', {class: 'small muted'}, words));
    async function run() {
      say(cases, '正在跑例子…');
      const reply = await mj.ask(page, 'run_own_cases', {file: rule.file});
      if (!reply || reply.problem) { say(cases, reply ? reply.problem : '没有连上服务器，请重试。'); return; }
      const wrong = reply.cases.filter((one) => one.problem).length;
      cases.replaceChildren(el('p', {class: 'case-count'}, `${reply.cases.length} 个例子，${wrong ? `${wrong} 个没有通过` : '全部通过'}`), reply.lacking.length ? el('p', {class: 'lack'}, '还缺：' + reply.lacking.join('、')) : '',
        el('ul', {class: 'cases small'}, reply.cases.map((one) => el('li', {}, el('span', {class: 'state ' + (one.problem ? 'fault' : 'done')}, one.kind), ' ', one.name, one.problem ? el('p', {class: 'lack'}, one.problem) : ''))));
    }
    async function attempt() {
      say(hits, '正在试算…');
      const reply = await mj.ask(page, 'try_own', {file: rule.file, inspection: ctx.inspection});
      if (!reply || reply.problem) { say(hits, reply ? reply.problem : '没有连上服务器，请重试。'); return; }
      hits.replaceChildren(el('p', {class: 'hit-count'}, reply.failed ? `试算出错：${reply.failed}` : `疑点 ${reply.total} 项，${mj.yuan(reply.yuan)} 元；未见 ${reply.outcomes.clear || 0}，不适用 ${reply.outcomes.not_applicable || 0}，未检查 ${reply.outcomes.not_checked || 0} 例`),
        el('ul', {class: 'hits'}, reply.findings.map((one) => el('li', {}, el('span', {class: 'code'}, one.admission), one.amount === null ? '' : ` ${mj.yuan(one.amount)} 元`, el('p', {class: 'small'}, one.message)))));
    }
    const adopt = (on) => mj.ruleAsk(page, on ? '启用这条规则' : '停用这条规则', ctx, {button: on ? '启用' : '停用', foot: '例子全部通过才能启用；文件一改动就不再计入，须重新启用。'}, (form) => mj.ask(page, 'adopt_own', {file: rule.file, adopt: on, inspection: ctx.inspection, ...form}));
    if (rule.problem) return el('dl', {}, part('文件', el('span', {class: 'code'}, rule.file)), part('有误', el('p', {class: 'lack problem'}, rule.problem)));
    return el('dl', {}, part('文件', el('span', {class: 'code'}, rule.file), rule.changed ? el('p', {class: 'lack'}, '启用之后改动过，现在不计入；核对后请重新启用。') : ''),
      part('查什么', el('p', {}, check.why), el('p', {class: 'small muted'}, `${check.code} · ${check.violation_name} · 至多${check.certainty_name}`)),
      part('依据', check.basis.join('；'), rule.unknown_basis.length ? el('p', {class: 'lack'}, `库中没有原文：${rule.unknown_basis.join('、')}；疑点会写“当日无施行条文”，至多是线索。`) : ''),
      part('例子', el('button', {class: 'btn run-cases', on: {click: run}}, `跑例子（${rule.cases} 个）`), cases),
      part('试算', ctx.inspection ? el('button', {class: 'btn try-own', on: {click: attempt}}, '在打开的检查上试算') : el('span', {class: 'muted'}, '没有打开的检查'), hits),
      ctx.may ? part('计入', rule.adopted ? el('button', {class: 'btn drop-own', on: {click: () => adopt(false)}}, '停用') : el('button', {class: 'btn main adopt-own', on: {click: () => adopt(true)}}, '启用')) : '');
  };
  mj.loaded.add('rule_own');
})(window.mingjian ||= {loaded: new Set()});
