// Pictures of organizations in Gitea's REST API v1.
import type { AbilityOn } from '../../base/abilities.ts';
import { bodyOf, namingFields } from '../../platform/web/api-input.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { pictureBody } from '../../platform/web/picture-body.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';
import { removeOrganizationPicture, setOrganizationPicture } from './pictures.service.ts';

const AVATAR = '/api/v1/orgs/:org/avatar';
/** One pixel, as PNG. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const routes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'post',
    path: AVATAR,
    access: 'organization:manage',
    handler: postPicture,
    api: {
      tag: 'organization',
      id: 'orgUpdateAvatar',
      summary: 'Change the picture of an organization',
      body: pictureBody,
      example: { image: PIXEL },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: AVATAR,
    access: 'organization:manage',
    handler: deletePicture,
    api: {
      tag: 'organization',
      id: 'orgDeleteAvatar',
      summary: 'Remove the picture of an organization',
      answer: 'none',
    },
  },
];

/** Adds the routes about pictures of organizations. */
export function mountPictureApi(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function postPicture(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { image } = await bodyOf(c, pictureBody);
  await namingFields({ avatar: 'image' }, () =>
    setOrganizationPicture(c.var.app, c.var.actor, organization.id, Buffer.from(image, 'base64')),
  );
  return c.body(null, 204);
}

async function deletePicture(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  await removeOrganizationPicture(c.var.app, c.var.actor, organization.id);
  return c.body(null, 204);
}
