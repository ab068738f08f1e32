//! The cage: what a process shuts itself out of, by Landlock, before it meets anything from outside.
//! <https://docs.kernel.org/userspace-api/landlock.html>
//!
//! Guarantees, where the kernel has Landlock: the calling thread and all that it starts later, other programs included, can open no file
//! but those named here, and can connect by TCP to no port but those named here (from ABI 4 on); from ABI 6 on it
//! reaches no process outside by a signal or by an abstract socket. Nothing opens the cage again. What is open
//! already stays open. Where the kernel has none, nothing changes, and that is said.
//!
//! UDP is not held: names are resolved by it. What exists under a folder can be told by trying, though it cannot be opened.
//!
//! Must never: be entered after other threads were started, which would stay outside.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, LandlockStatus, NetPort, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
    path_beneath_rules,
};

/// The newest rules that are asked for, and the newest against which this was tested.
const WANTED: ABI = ABI::V7;
/// What the C library reads to find the address of a name. Any may be missing.
const NAMES: [&str; 6] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
];
/// Where random numbers are read.
const RANDOM: [&str; 2] = ["/dev/urandom", "/dev/random"];
/// By TCP where an answer is too long for UDP.
const DNS: u16 = 53;

/// What stays open. The default is a cage without any door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    /// Files and folders, with all in them, that are read and written.
    pub written: Vec<PathBuf>,
    /// Those that are read.
    pub read: Vec<PathBuf>,
    /// Programs that are started, with what they are linked to.
    pub run: Vec<PathBuf>,
    /// TCP ports to which connections are made.
    pub connect: Vec<u16>,
    /// TCP ports on which others are listened to.
    pub listen: Vec<u16>,
}

/// What is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cage {
    /// Everything that is known here.
    Whole(i32),
    /// As much as this older Landlock can do.
    Partial(i32),
    /// Nothing.
    None,
}

impl fmt::Display for Cage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(abi) => write!(f, "Landlock ABI {abi}: the bot is confined by it"),
            Self::Partial(abi) => write!(
                f,
                "Landlock ABI {abi}: the bot is confined by it as far as this kernel can: files{}",
                if *abi < 4 {
                    ", not connections"
                } else {
                    " and connections"
                }
            ),
            Self::None => f.write_str("this kernel has no Landlock: the bot is not confined by it"),
        }
    }
}

impl Doors {
    /// Leaves open what it takes to resolve names and to connect to this port. Nothing if it is an address and no name.
    pub fn reach(&mut self, port: u16, by_name: bool) {
        self.connect.push(port);
        if !by_name {
            return;
        }
        self.connect.push(DNS);
        self.read.extend(NAMES.map(PathBuf::from));
        // It is replaced whenever the network changes, so the file that lies there now is not enough; where it is in no
        // folder of its own, that is the whole of /etc.
        if let Ok(there) = fs::canonicalize(NAMES[0])
            && let Some(folder) = there.parent()
        {
            self.read.push(folder.to_owned());
        }
    }

    /// Leaves open where random numbers come from: a static program reads them there, where another asks the kernel.
    pub fn random(&mut self) {
        self.read.extend(RANDOM.map(PathBuf::from));
    }

    /// Leaves open what it takes to start this program again: itself, and what is linked to it.
    ///
    /// # Errors
    /// If the kernel does not say what that is.
    pub fn itself(&mut self) -> std::io::Result<()> {
        let maps = fs::read_to_string("/proc/self/maps")?;
        let mapped: BTreeSet<PathBuf> = maps
            .lines()
            .filter_map(|line| line.find('/').map(|at| PathBuf::from(&line[at..])))
            .collect();
        // Also when the file was replaced by a newer one meanwhile.
        self.run.push(PathBuf::from("/proc/self/exe"));
        let libraries = mapped.iter().filter(|file| is_library(file));
        let libraries: Vec<&PathBuf> = libraries.collect();
        self.run
            .extend(libraries.iter().map(|file| (*file).clone()));
        // Whatever the C library finds that it needs while it resolves a name.
        let folders: BTreeSet<&Path> = libraries.iter().filter_map(|file| file.parent()).collect();
        self.read.extend(folders.into_iter().map(Path::to_owned));
        if !libraries.is_empty() {
            self.read.push(PathBuf::from("/etc/ld.so.cache"));
        }
        Ok(())
    }

    /// Shuts everything else. What is not there needs no door.
    ///
    /// # Errors
    /// If a kernel that has Landlock refuses; that it has none is no error.
    pub fn shut(&self) -> Result<Cage, RulesetError> {
        let read = AccessFs::ReadFile | AccessFs::ReadDir;
        let run = AccessFs::ReadFile | AccessFs::Execute;
        // Devices are read and written, never made or asked for more.
        let written = AccessFs::from_all(WANTED) & !(made_devices() | AccessFs::Execute);
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(WANTED))?
            .handle_access(AccessNet::from_all(WANTED))?
            .scope(Scope::from_all(WANTED))?
            .create()?
            .add_rules(path_beneath_rules(&self.written, written))?
            .add_rules(path_beneath_rules(&self.read, read))?
            .add_rules(path_beneath_rules(&self.run, run))?
            .add_rules(ports(&self.connect, AccessNet::ConnectTcp))?
            .add_rules(ports(&self.listen, AccessNet::BindTcp))?
            .restrict_self()?;
        let abi = match status.landlock {
            LandlockStatus::Available {
                effective_abi,
                kernel_abi,
            } => kernel_abi.unwrap_or(effective_abi as i32),
            LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => return Ok(Cage::None),
        };
        Ok(match status.ruleset {
            RulesetStatus::FullyEnforced => Cage::Whole(abi),
            RulesetStatus::PartiallyEnforced => Cage::Partial(abi),
            RulesetStatus::NotEnforced => Cage::None,
        })
    }
}

fn made_devices() -> BitFlags<AccessFs> {
    AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev
}

fn ports(ports: &[u16], access: AccessNet) -> impl Iterator<Item = Result<NetPort, RulesetError>> {
    ports
        .iter()
        .map(move |port| Ok(NetPort::new(*port, access)))
}

fn is_library(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.ends_with(".so") || name.contains(".so."))
}
