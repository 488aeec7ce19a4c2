import type { SourceFile } from '../model.js';
import { isMapping, type Values } from '../reading/values.js';
import { plainText } from '../reading/yaml-documents.js';

/**
 * Whether a YAML document is a Compose file: with `services`, whatever else there is; without, what has nothing but Compose's other
 * sections, or only the services of version 1, which stand at the top.
 */
export function isCompose(value: Values): boolean {
  const keys = Object.keys(value);
  const isComposeOnly = keys.every((key) => COMPOSE_TOP.test(key));
  if ('services' in value) {
    if (isComposeOnly) return true;
    return (
      isMapping(value.services) && Object.values(value.services).some((service) => looksLikeService(service))
    );
  }
  if (isComposeOnly) return keys.some((key) => /^(?:networks|volumes|include)$/.test(key));
  const services = Object.entries(value).filter(([key]) => !/^(?:version|name|x-.*)$/.test(key));
  return services.length > 0 && services.every(([, service]) => looksLikeService(service, true));
}

/** Whether a file holds variables (`.env`, an env_file), by its name or because all its lines are `KEY=value`. */
export function isVariablesFile({ name, text }: SourceFile): boolean {
  if (/(?:^|\/)\.env(?:[.-][^/]*)?$|\.env$/.test(name)) return true;
  return !/\.(?:ya?ml|json)$/i.test(name) && everyLine(text, /^(?:export\s+)?[A-Za-z_][\w.]*\s*=/);
}

/** Whether all lines with content that is no comment have a shape, and there is one. A long text is judged by its beginning. */
export function everyLine(text: string, shape: RegExp): boolean {
  let isAny = false;
  for (const line of plainText(text).slice(0, 100_000).split('\n')) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (!shape.test(line)) return false;
    isAny = true;
  }
  return isAny;
}

/** The sections a Compose file may have. */
const COMPOSE_TOP = /^(?:version|name|services|networks|volumes|secrets|configs|include|models|x-.*)$/;

/** Known keys of a service that other files' mappings under `services` do not have. */
const SERVICE_KEYS =
  /^(?:image|build|extends|command|entrypoint|environment|env_file|ports|expose|volumes|volumes_from|links|external_links|depends_on|deploy|networks|net|network_mode|container_name|hostname|restart|labels|profiles|healthcheck|logging|log_.*|mem_.*|memswap_limit|cpu.*|scale|dockerfile|user|working_dir|privileged|stdin_open|tty|dns.*|extra_hosts|cap_add|cap_drop|ulimits|provider|x-.*|domainname|volume_driver|pid|ipc|devices|security_opt|tmpfs|init|read_only|stop_.*|shm_size|sysctls|platform|secrets|configs|group_add|isolation|mac_address|oom_.*|pull_policy|runtime|cgroup.*|annotations|attach|develop|gpus|uts|userns_mode|storage_opt|blkio_config|device_cgroup_rules|credential_spec|use_api_socket|models|pre_start|post_start)$/;

function looksLikeService(service: unknown, isStrict = false): boolean {
  if (!isMapping(service)) return false;
  const keys = Object.keys(service);
  const known = keys.filter((key) => SERVICE_KEYS.test(key)).length;
  const hasOrigin = ['image', 'build', 'extends'].some((key) => {
    const value = service[key];
    return typeof value === 'string' || (key !== 'image' && isMapping(value));
  });
  return isStrict
    ? hasOrigin && known > keys.length / 2
    : hasOrigin || (known > 0 && known >= keys.length / 2);
}
