// 计划 on 检查: the stages of an inspection with their ends by working days, marked by the leader as they are done.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const DOT = {已完成: 'done', 逾期完成: 'done', 逾期: 'part', 临近: 'part'};

  mj.planPanel = function (page, inspection) {
    const root = el('section', {class: 'panel plan', 'aria-label': '计划'}, el('h2', {}, '计划'), el('p', {class: 'small muted'}, '正在读…'));
    load();
    return root;

    async function load() { draw(await mj.ask(page, 'open_plan', {inspection})); }
    function draw(reply, problem) {
      if (!reply || reply.problem) { root.replaceChildren(el('h2', {}, '计划'), el('p', {class: 'small problem', role: 'alert'}, reply ? reply.problem : '没有读出来，请重试。'), el('button', {class: 'link small', on: {click: load}}, '再读一次')); return; }
      const plan = reply.plan, may = reply.may_change;
      root.replaceChildren(el('header', {class: 'both'}, el('h2', {}, '计划'), el('span', {class: 'push small links'}, plan ? el('a', {class: 'link', href: `/plan/${encodeURIComponent(inspection)}.ics`, download: ''}, '日历文件') : null, may ? upload(plan) : null)),
        problem || reply.problem_said ? el('p', {class: 'small problem', role: 'alert'}, problem || reply.problem_said) : '', plan ? about(plan) : '', plan ? el('ol', {class: 'plan-stages'}, plan.stages.map((stage) => row(stage, may, reply))) : none(may, reply));
    }
    function about(plan) {
      const parts = [plan.examined, ...plan.objects.map((one) => `${one.kind} ${one.count} 家`), plan.emphases.length ? '重点 ' + plan.emphases.join('、') : '', ...plan.team.map((one) => `${one.role} ${one.names.join('、')}`)];
      return el('p', {class: 'small muted'}, parts.filter(Boolean).join(' · '));
    }
    function row(stage, may, reply) {
      const left = stage.left === null ? '' : stage.left >= 0 ? `余 ${stage.left} 个工作日` : `已过 ${-stage.left} 个工作日`;
      const when = stage.ends ? `${stage.ends} 截止` : stage.unpublished ? `${stage.unpublished} 年放假安排公布后可算` : '起算日未定';
      return el('li', {}, el('span', {class: 'state ' + (DOT[stage.state] || '')}, stage.state), el('b', {class: 'strong'}, stage.name),
        el('span', {class: 'small'}, [when, stage.done && !stage.monthly ? `${stage.done} 完成` : left, stage.done && stage.monthly ? `上次 ${stage.done} 报送` : ''].filter(Boolean).join('，')),
        stage.term ? el('span', {class: 'small muted wide', title: stage.source}, stage.term) : null,
        may ? el('span', {class: 'plan-days small'}, stage.fixed ? day('截止', stage, 'ends', stage.ends, reply) : day('起算', stage, 'begins', stage.begins, reply), stage.ends || stage.unpublished ? day(stage.monthly ? '报送' : '完成', stage, 'done', stage.done, reply) : null) : null);
    }
    function day(words, stage, field, value, reply) {
      return el('label', {}, words, el('input', {class: 'field', maxlength: 11, placeholder: '年-月-日', value: value || '', 'aria-label': `${stage.name} ${words}日期`, on: {change: async (e) => {
        const answer = await mj.ask(page, 'mark_stage', {inspection, stage: stage.name, field, day: e.target.value});
        if (!answer || answer.problem) draw(reply, answer ? answer.problem : '没有存上，请重试。');
        else draw(answer);
      }}}));
    }
    function none(may, reply) {
      if (!may) return el('p', {class: 'small muted'}, '还没有计划。');
      const days = ['prepared', 'inspected'].map((name) => el('input', {class: 'field', required: true, maxlength: 11, placeholder: '年-月-日', name}));
      return el('form', {class: 'plan-new small', on: {submit: async (e) => {
        e.preventDefault();
        const answer = await mj.ask(page, 'begin_plan', {inspection, prepared: days[0].value, inspected: days[1].value});
        if (!answer || answer.problem) draw(reply, answer ? answer.problem : '没有存上，请重试。');
        else draw(answer);
      }}}, el('label', {}, '工作准备截止', days[0]), el('label', {}, '现场检查截止', days[1]), el('button', {class: 'btn'}, '建计划'), el('span', {class: 'muted'}, '报送、公示和月报的期限自动推算'));
    }
    function upload(plan) {
      const chooser = el('input', {type: 'file', accept: '.yaml,.yml', hidden: true, on: {change: async () => {
        const file = chooser.files[0];
        chooser.value = '';
        if (!file) return;
        let answer = null;
        try {
          answer = await (await fetch(`/plan/${encodeURIComponent(inspection)}?name=${encodeURIComponent(file.name)}`, {method: 'PUT', body: file})).json();
        } catch { answer = {problem: '没有连上服务器，请重试。'}; }
        if (answer.problem) { const held = await mj.ask(page, 'open_plan', {inspection}); draw(held, answer.problem); } else draw(answer);
      }}});
      return [el('button', {class: 'link', on: {click: () => chooser.click()}}, plan ? '换一份计划' : '导入计划'), chooser];
    }
  };

  mj.loaded.add('plan');
})(window.mingjian ||= {loaded: new Set()});
