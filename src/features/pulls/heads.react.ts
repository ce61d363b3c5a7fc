// What follows pushes to the heads and bases of pull requests.
import type { App } from '../../platform/app.types.ts';
import { addComparePart } from '../code/compare-parts.service.ts';
import { takeProposals } from '../repos/proposals.service.ts';
import { addPushGrant } from '../repos/push-grants.service.ts';
import { addPushWords } from '../repos/push-words.service.ts';
import { judgeProposed, takeProposal } from './agit.service.ts';
import { createPart } from './create-pull.present.ts';
import { followPushedBranches, followReopened } from './head-following.service.ts';
import { defineHeadJobs } from './heads.jobs.ts';
import { branchesOpenTo } from './heads.service.ts';
import { wordsOfBranches } from './push-words.service.ts';
import { requestCodeOwners, settleTeamRequests } from './review-requests.service.ts';

/** A reaction of its own, so that nothing else waits for git. */
export function registerHeads(app: App): void {
  defineHeadJobs(app);
  addPushGrant(app, branchesOpenTo);
  addPushWords(app, wordsOfBranches);
  addComparePart(app, createPart);
  takeProposals(app, { judge: judgeProposed, take: takeProposal });
  app.events.subscribe({
    name: 'pull-heads',
    kinds: ['push', 'issue.reopened', 'pull.readied', 'pull.synchronized'],
    onEvent: async (event) => {
      if (event.kind === 'push') await followPushedBranches(app, event);
      else if (event.kind === 'issue.reopened') await followReopened(app, event.issueId);
      else if (event.kind === 'pull.readied' || event.kind === 'pull.synchronized')
        await requestCodeOwners(app, event.issueId);
    },
  });
  app.events.subscribe({
    name: 'pull-team-reviews',
    kinds: ['pull.review_submitted'],
    onEvent: async (event) => {
      if (event.kind === 'pull.review_submitted' && event.actorId !== undefined)
        await settleTeamRequests(app, event.issueId, event.actorId);
    },
  });
}
